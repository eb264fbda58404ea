-- Long texts joined for ever: few instructions, much copying.
local s = "x"
pcall(function() while true do s = s .. s end end)
while true do pcall(function() local t = s .. "x" return t end) end
