-- Sorting a long list, again and again.
local t = {}
while true do
  for i = 1, 30000 do t[i] = -i end
  table.sort(t)
end
