-- gsub that grows its text.
local s = "aa"
while true do s = s:gsub("a", "aaaa") end
