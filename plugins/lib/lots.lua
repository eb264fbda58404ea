-- lots.lua: what follows from a lot, for the hook `on_lot`.
local M = {}

-- The people who were drawn are called in this order: their waiting requests of the lane go to its end, one
-- after the other. Who was not drawn stays before them.
function M.order(ctx, lot, lane)
  local actions, request = {}, {}
  for _, req in ipairs(ctx.queue[lane]) do request[req.person] = req.id end
  for _, person in ipairs(lot.drawn) do
    if request[person] then table.insert(actions, { "move", request = request[person] }) end
  end
  return actions
end

-- Who waits in the lane, as a list for the action `lot`.
function M.waiting(ctx, lane)
  local people = {}
  for _, req in ipairs(ctx.queue[lane]) do table.insert(people, req.person) end
  return people
end

return M
