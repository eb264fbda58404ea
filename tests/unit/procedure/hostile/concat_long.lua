-- Joining a long list, again and again.
local t = {}
for i = 1, 30000 do t[i] = "word" end
while true do local _ = table.concat(t) end
