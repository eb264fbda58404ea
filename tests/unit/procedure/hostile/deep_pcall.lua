-- pcall in pcall in pcall, to the end of the C stack.
local function f() pcall(f) while true do end end
f()
