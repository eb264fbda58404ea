-- Inserting at the front of a long list, again and again.
local t = {}
for i = 1, 30000 do t[i] = i end
while true do table.insert(t, 1, 0) table.remove(t, 1) end
