-- Recursion without end, as a tail call.
local function f() return f() end
f()
