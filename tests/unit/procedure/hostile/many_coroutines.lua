-- Coroutines without number; each would have its own hook.
local t = {}
for i = 1, math.huge do t[i] = coroutine.create(function() end) end
