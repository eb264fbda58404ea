-- chair.lua: the chair's second or casting vote after a tie (the command vote.decide).
--
-- A ballot with tie = "casting" comes out "tied"; the chair then decides, and `evaluate` is asked again
-- with judged.decided.
local M = {}

-- The answer of `evaluate` when the chair has decided a tie.
function M.explain(counts, judged, rule)
  local yes = judged.decided == "for"
  return {
    outcome = judged.outcome,
    vi = string.format("%d tán thành, %d không tán thành; chủ tọa quyết định: %s", counts["for"], counts.against,
      yes and "tán thành. Được thông qua." or "không tán thành. Không được thông qua."),
    en = string.format("%d for, %d against; casting vote of the chair: %s", counts["for"], counts.against,
      yes and "for. Passed." or "against. Not passed."),
    rule = rule,
  }
end

-- The answer of `may_vote` where the chair votes only to decide.
function M.only_decides(ctx, person, rule)
  if not ctx.body.members[person].roles.chair then return true end
  return refuse("chair_last", {
    vi = "Chủ tọa chỉ biểu quyết khi lá phiếu quyết định kết quả.",
    en = "The chair votes only when the vote decides the result.",
  }, rule)
end

return M
