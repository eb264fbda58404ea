-- shares.lua: speaking time of groups, as accounts that are derived from what was spoken on the item.
local M = {}

-- Seconds of `total` that belong to `group`, by its strength.
function M.by_strength(ctx, group, total)
  local g = ctx.body.groups[group]
  local members = 0
  for _, other in ipairs(ctx.body.groups) do members = members + other.size end
  if not g or members == 0 then return 0 end
  return total * g.size // members
end

-- The same number of seconds for every group.
function M.equal(ctx, total)
  return #ctx.body.groups > 0 and total // #ctx.body.groups or total
end

-- What is left of `share` seconds for speeches of this kind; an over-run of one speaker is taken from
-- the next of the group.
function M.left(ctx, group, share, kind)
  local item = ctx.meeting.item
  local _, used = ctx.count { group = group, kind = kind, item = item and item.id }
  return share - used
end

-- Who waits in the lane whose group was heard least on this item; among equals who asked first.
-- `skip(request)` may leave some out.
function M.least_heard(ctx, lane, skip)
  local item, best, least = ctx.meeting.item, nil, math.huge
  for _, req in ipairs(ctx.queue[lane]) do
    local n = ctx.count { group = ctx.body.members[req.person].group, kind = req.kind, item = item and item.id }
    if n < least and not (skip and skip(req)) then best, least = req, n end
  end
  return best and best.id
end

return M
