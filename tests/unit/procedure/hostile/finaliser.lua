-- An endless loop in a finaliser, which runs while hooks are off.
setmetatable({}, { __gc = function() while true do end end })
for _ = 1, math.huge do local _ = {} end
