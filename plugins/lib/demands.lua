-- demands.lua: rights of a minority: a demand that waits until enough members support it.
local M = {}

-- The answer of on_request: `need` members in all, the one who moves it included. One alone may do.
function M.needs(need)
  if need <= 1 then return nil end
  return { needs = { support = need - 1 } }
end

-- The actions of on_support: accepted as soon as `need` members stand behind it.
function M.after_support(req, need, words, rule)
  if req.state ~= "pending" or req.support + 1 < need then return nil end
  return {
    { "accept", request = req.id },
    { "notice", code = req.kind, vi = words.vi, en = words.en, rule = rule },
  }
end

-- The demand of this kind that is in force (accepted and not yet dealt with), or nil.
function M.in_force(ctx, kind, lane)
  for _, req in ipairs(ctx.queue[lane]) do
    if req.kind == kind then return req end
  end
end

-- The action that takes a demand off the list when it has been dealt with.
function M.done(req)
  return { "deny", request = req.id, note = "done" }
end

-- How many of those behind a demand have left the room since.
function M.left(ctx, req)
  local n = ctx.presence.is[req.person] == "present" and 0 or 1
  for _, person in ipairs(req.supporters or {}) do
    if ctx.presence.is[person] ~= "present" then n = n + 1 end
  end
  return n
end

return M
