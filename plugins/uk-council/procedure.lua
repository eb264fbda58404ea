-- A council in England: Local Government Act 1972 Sch 12; the Commons' closure and division as settings. Sources: README.md.
local chair = require "chair"
local majority = require "majority"
local quorum = require "quorum"
local speeches = require "speeches"

local function para(n) return "LGA 1972 Sch 12 para " .. n end

local settings = {
  { name = "quorum", type = "choice", choices = { "none", "1/4", "1/3", "1/2" }, default = "1/4", rule = para(6),
    vi = "Túc số", en = "Quorum" },
  { name = "speech", type = "integer", default = 5, min = 1, max = 60, unit = "min", rule = "standing orders",
    vi = "Phát biểu", en = "Speech" },
  { name = "mover", type = "integer", default = 10, min = 1, max = 60, unit = "min", rule = "standing orders",
    vi = "Người đề nghị", en = "Mover of the motion" },
  { name = "closure_majority", type = "integer", default = 0, min = 0, max = 1000, rule = "Commons SO 37 (there: 100)",
    vi = "Chấm dứt thảo luận: số phiếu thuận tối thiểu", en = "Closure: votes in the majority, at least" },
  { name = "division_quorum", type = "integer", default = 0, min = 0, max = 1000, rule = "Commons SO 41 (there: 40)",
    vi = "Số người tham gia biểu quyết tối thiểu", en = "Members taking part in a division, at least" },
}

local function setup()
  return {
    max_open = 2,
    order = { vi = "Chủ tọa quyết định thứ tự.", en = "The order is at the discretion of the person presiding.", rule = "standing orders" },
    lanes = {
      { id = "order", vi = "Thủ tục", en = "Points of order", rank = 100, preempt = "interrupt", clock = "stop" },
      { id = "personal", vi = "Giải thích cá nhân", en = "Personal explanations", rank = 90, preempt = "interrupt", clock = "stop" },
      { id = "closure", vi = "Chấm dứt thảo luận", en = "Closure", rank = 80, preempt = "next" },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
      { id = "reply", vi = "Trả lời cuối của người đề nghị", en = "Mover's reply", rank = 1, preempt = "end_of_item" },
    },
    kinds = {
      { id = "mover", lane = "speech", roles = { "delegate" }, vi = "Đề nghị", en = "Moving the motion" },
      { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" },
      { id = "reply", lane = "reply", roles = { "delegate" }, after_close = true, vi = "Trả lời cuối", en = "Right of reply" },
      { id = "closure", lane = "closure", roles = { "delegate" }, after_close = true, vi = "Chấm dứt thảo luận", en = "Closure motion" },
      { id = "point_of_order", lane = "order", roles = { "delegate" }, after_close = true,
        vi = "Ý kiến về thủ tục", en = "Point of order" },
      { id = "personal", lane = "personal", roles = { "delegate" }, target = "optional", after_close = true,
        vi = "Giải thích cá nhân", en = "Personal explanation" },
    },
    votes = {
      { id = "motion", vi = "Đề nghị", en = "Motion", rule = para("39(1)") },
      { id = "closure", vi = "Chấm dứt thảo luận", en = "Closure", rule = "SO 36-37" },
    },
  }
end

local function on_quorum(ctx)
  local fraction = quorum.read(ctx.settings.quorum, para(6))
  return fraction and quorum.of(ctx.presence.in_office, ctx.presence.count, fraction)
end

-- One speech a motion; the mover has the last word.
local function on_request(ctx, req)
  if req.kind == "speech" and speeches.spoken(ctx, req.person, "speech") > 0 then
    return refuse("spoken", { vi = "Đã phát biểu về đề nghị này.", en = "You have spoken on this motion." }, "standing orders")
  end
  if req.kind == "reply" and speeches.spoken(ctx, req.person, "mover") == 0 then
    return refuse("mover_only", {
      vi = "Chỉ người đề nghị được trả lời cuối.",
      en = "Only the mover has the right of reply.",
    }, "standing orders")
  end
end

-- Points of order and personal explanations interrupt: their lanes say so.
local function on_grant(ctx, req)
  local s = ctx.settings
  if req.kind == "speech" or req.kind == "reply" then return { limit = s.speech * 60, marks = { 60, 0 } } end
  if req.kind == "mover" then return { limit = s.mover * 60, marks = { 60, 0 } } end
end

local function ballot(ctx)
  local rules = { majority.more_than(1, 2, "expressed", para("39(1)")) }
  return {
    options = majority.yes_no_abstain, -- SI 1993/202: a member's own vote can be minuted
    secrecy = "named_after", tie = "casting", rules = rules,
    min = ctx.settings.division_quorum > 0 and { turnout = ctx.settings.division_quorum } or nil,
  }
end

local function evaluate(ctx, vote, counts, judged)
  if judged.decided then return chair.explain(counts, judged, para("39(2)")) end
  local explained = majority.explain(counts, judged)
  local least = ctx.settings.closure_majority
  if vote.type == "closure" and judged.outcome == "passed" and counts["for"] < least then
    explained.outcome = "rejected"
    explained.rule = "SO 37"
    explained.vi = string.format("%d tán thành, nhưng cần ít nhất %d. Không được thông qua.", counts["for"], least)
    explained.en = string.format("%d for, but at least %d are needed in the majority. Not passed.", counts["for"], least)
  end
  return explained
end

return {
  api = 1, version = "1",
  title = { vi = "Hội đồng địa phương Anh", en = "UK council" },
  settings = settings, setup = setup, quorum = on_quorum,
  on_request = on_request, on_grant = on_grant,
  ballot = ballot, evaluate = evaluate,
}
