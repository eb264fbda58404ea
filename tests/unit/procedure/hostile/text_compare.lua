-- Long equal texts compared: one instruction each.
local s = "x"
pcall(function() while #s < 400000 do s = s .. s end end)
local a, b = s .. "a", s .. "a"
while true do if a < b then return end end
