-- chair.lua: the chair's second or casting vote after a tie, as a vote of its own with one voter.
--
-- A ballot with tie = "casting" comes out "tied"; M.on_result then opens the vote "casting", in which
-- only the chair may vote (M.may_vote), and M.evaluate says what came out of both.
local M = {}

M.vote_type = { id = "casting", vi = "Lá phiếu quyết định của chủ tọa", en = "Casting vote of the chair" }

local OPTIONS = {
  { id = "for", vi = "Tán thành", en = "For", as = "for" },
  { id = "against", vi = "Không tán thành", en = "Against", as = "against" },
}

function M.ballot(rule)
  return {
    options = OPTIONS, eligible = "checked_in", secrecy = "named_live", change = "never", rule = rule,
    rules = { { of = "for", base = "cast", num = 1, den = 2, strict = true, rule = rule } },
  }
end

-- nil: no objection; for every other vote the procedure's own rule holds.
function M.may_vote(ctx, person, vote, rule)
  if vote.type == "casting" and not ctx.body.members[person].roles.chair then
    return refuse("chair_only", { vi = "Chỉ chủ tọa có lá phiếu quyết định.", en = "Only the chair has the casting vote." }, rule)
  end
  return true
end

function M.on_result(vote, outcome)
  if outcome == "tied" and vote.type ~= "casting" then
    return { { "open_ballot", type = "casting", question = vote.question } }
  end
end

-- The last vote that was tied on the same question.
local function tied_before(ctx, vote)
  local found
  for _, other in ipairs(ctx.ballots) do
    if other.id < vote.id and other.question == vote.question and other.outcome == "tied" then found = other end
  end
  return found
end

function M.evaluate(ctx, vote, counts, rule)
  local tied = tied_before(ctx, vote)
  local n = tied and tied.counts["for"] or 0
  local outcome = counts["for"] > counts.against and "passed" or "rejected"
  local yes = outcome == "passed"
  return {
    outcome = outcome,
    vi = string.format("%d tán thành, %d không tán thành; chủ tọa quyết định: %s", n, n, yes and "tán thành. Được thông qua."
      or "không tán thành. Không được thông qua."),
    en = string.format("%d for, %d against; casting vote of the chair: %s", n, n, yes and "for. Passed." or "against. Not passed."),
    rule = rule,
  }
end

return M
