-- Sorting by an order that is none.
local t = {}
for i = 1, 30000 do t[i] = i end
while true do pcall(table.sort, t, function() return true end) end
