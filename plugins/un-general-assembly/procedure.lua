-- The UN General Assembly: rules of procedure (ropga). Sources: README.md.
local contest = require "contest"
local lots = require "lots"
local majority = require "majority"
local quorum = require "quorum"

local function rule(n) return "GA rule " .. n end

local settings = {
  { name = "general_debate", type = "integer", default = 15, min = 1, max = 60, unit = "min", rule = rule(72),
    vi = "Phát biểu", en = "Speech" },
  { name = "reply_first", type = "integer", default = 10, min = 1, max = 30, unit = "min", rule = "decision 34/401 para 9",
    vi = "Quyền trả lời lần một", en = "First right of reply" },
  { name = "reply_second", type = "integer", default = 5, min = 1, max = 30, unit = "min", rule = "decision 34/401 para 10",
    vi = "Quyền trả lời lần hai", en = "Second right of reply" },
  { name = "explanation", type = "integer", default = 10, min = 1, max = 30, unit = "min", rule = "decision 34/401 para 7",
    vi = "Giải thích biểu quyết", en = "Explanation of vote" },
}

-- Rule 77: suspend, adjourn the meeting, adjourn the debate, close the debate - in this order.
local MOTIONS = {
  { "suspend", 94, "Tạm dừng phiên họp", "Suspension of the meeting" },
  { "adjourn", 93, "Kết thúc phiên họp", "Adjournment of the meeting" },
  { "adjourn_debate", 92, "Hoãn thảo luận", "Adjournment of the debate" },
  { "close_debate", 91, "Chấm dứt thảo luận", "Closure of the debate" },
}

local function setup()
  local lanes = {
    { id = "order", vi = "Thủ tục", en = "Points of order", rank = 100, preempt = "interrupt", clock = "stop" },
    { id = "rapporteur", vi = "Chủ tịch, báo cáo viên ủy ban", en = "Chair and rapporteur of a committee", rank = 50 },
    { id = "speech", vi = "Danh sách phát biểu", en = "Speakers' list", rank = 10 },
    { id = "explanation", vi = "Giải thích biểu quyết", en = "Explanations of vote", rank = 5 },
    { id = "reply", vi = "Quyền trả lời", en = "Right of reply", rank = 1, preempt = "end_of_day" },
  }
  local delegate = { "delegate" }
  local kinds = {
    { id = "speech", lane = "speech", roles = delegate, vi = "Phát biểu", en = "Statement" },
    { id = "rapporteur", lane = "rapporteur", roles = delegate, after_close = true,
      vi = "Báo cáo viên", en = "Rapporteur", rule = rule(69) },
    { id = "explanation", lane = "explanation", roles = delegate, after_close = true,
      vi = "Giải thích biểu quyết", en = "Explanation of vote", rule = rule(88) },
    { id = "reply", lane = "reply", roles = delegate, after_close = true, vi = "Quyền trả lời", en = "Right of reply", rule = rule(73) },
    { id = "point_of_order", lane = "order", roles = delegate, after_close = true,
      vi = "Ý kiến về thủ tục", en = "Point of order", rule = rule(71) },
  }
  for _, m in ipairs(MOTIONS) do
    table.insert(lanes, { id = m[1], rank = m[2], preempt = "next", vi = m[3], en = m[4] })
    table.insert(kinds, { id = m[1], lane = m[1], roles = delegate, after_close = true, vi = m[3], en = m[4], rule = rule(77) })
  end
  return {
    max_open = 2, lanes = lanes, kinds = kinds,
    order = { vi = "Theo thứ tự đăng ký.", en = "In the order in which they signify their desire to speak.", rule = rule(68) },
    votes = {
      { id = "ordinary", vi = "Vấn đề thông thường", en = "Other question", rule = rule(85) },
      { id = "important", vi = "Vấn đề quan trọng", en = "Important question", rule = rule(83) },
      { id = "appeal", vi = "Phản đối phán quyết của chủ tọa", en = "Appeal against a ruling", rule = rule(71) },
      { id = "motion", vi = "Đề nghị thủ tục", en = "Procedural motion", rule = rule(77) },
      { id = "election", vi = "Bầu cử", en = "Election to one place", rule = rule(92), subjects = true },
    },
  }
end

-- Rule 67: a third to open and debate, a majority to decide.
local function on_quorum(ctx, purpose)
  local fraction = purpose == "decide" and { num = 1, den = 2, strict = true } or { num = 1, den = 3 }
  fraction.rule = rule(67)
  return quorum.of(ctx.presence.in_office, ctx.presence.count, fraction)
end

local function on_request(ctx, req)
  local item = ctx.meeting.item
  local said = ctx.count { person = req.person, kind = req.kind, item = item and item.id }
  if req.kind == "reply" and said >= 2 then
    return refuse("two_replies", {
      vi = "Quyền trả lời chỉ hai lần mỗi nội dung.",
      en = "Two replies on an item, no more.",
    }, "decision 34/401 para 10")
  end
  if req.kind == "explanation" and said >= 1 then
    return refuse("one_explanation", {
      vi = "Chỉ giải thích một lần.",
      en = "One explanation of vote on an item.",
    }, "decision 34/401 para 6")
  end
end

local function on_grant(ctx, req)
  local s, item = ctx.settings, ctx.meeting.item
  if req.lane == "reply" then
    local n = ctx.count { person = req.person, kind = "reply", item = item and item.id }
    return { limit = (n == 0 and s.reply_first or s.reply_second) * 60, marks = { 60, 0 } }
  end
  if req.kind == "explanation" then return { limit = s.explanation * 60, marks = { 60, 0 } } end
  if req.kind == "speech" then return { limit = s.general_debate * 60, marks = { 60, 0 } } end
end

-- Rule 93: no majority in the first ballot - a second one, restricted to the two with most votes; equally
-- divided then - the president draws lots.
local function election(ctx, question, people)
  local first = contest.rounds(ctx, "election", question, "second_ballot")[1]
  if first and not contest.same(people, contest.best(first, 2)) then
    return refuse("restricted", { vi = "Vòng hai chỉ gồm hai người nhiều phiếu nhất.",
      en = "The second ballot is between the two with most votes." }, rule(93))
  end
  return {
    candidates = true, options = { { id = "abstain", vi = "Phiếu trắng", en = "Abstention", as = "abstain" } },
    secrecy = "secret", form = "paper", -- rule 92
    tie = first and "lot" or "reject",
    rules = { contest.more_than(1, 2, "expressed", rule(93)) },
  }
end

local function ballot(ctx, type, question, people)
  if type == "election" then return election(ctx, question, people) end
  local two_thirds = type == "important"
  return {
    options = majority.yes_no_abstain,
    secrecy = "named_after", -- rule 87: recorded
    tie = (type == "ordinary" or type == "important") and "revote" or "reject",
    -- Rule 86: members who abstain are considered as not voting. Rule 71: a majority overrules.
    rules = { two_thirds and majority.at_least(2, 3, "expressed", rule(83)) or majority.more_than(1, 2, "expressed", rule(85)) },
  }
end

local ELECTED = {
  passed = { vi = "Trúng cử: %s.", en = "Elected: %s." },
  tied = { vi = "Ngang phiếu: %s; chủ tọa bốc thăm.", en = "Equally divided: %s; the president draws lots." },
  second_ballot = { vi = "Không ai quá bán; bỏ phiếu vòng hai.", en = "No majority; a second ballot is held." },
}

local function elected(vote, counts, judged)
  local outcome = judged.outcome == "rejected" and "second_ballot" or judged.outcome
  return contest.explain(vote, counts, judged, outcome, ELECTED[outcome])
end

-- Rule 95: equally divided - a second vote within 48 hours; equal again, rejected.
local function evaluate(_, vote, counts, judged)
  if vote.type == "election" then return elected(vote, counts, judged) end
  local explained = majority.explain(counts, judged)
  if judged.outcome ~= "tied" then return explained end
  explained.rule = rule(95)
  if vote.round > 1 then
    explained.outcome = "rejected"
    explained.vi = explained.vi .. " Ngang nhau lần thứ hai: không được thông qua."
    explained.en = explained.en .. " Equally divided again: rejected."
  else
    explained.vi = explained.vi .. " Biểu quyết lại trong 48 giờ."
    explained.en = explained.en .. " A second vote within 48 hours."
  end
  return explained
end

local function on_result(ctx, vote, outcome)
  if outcome == "tied" and vote.type ~= "election" then
    return { { "defer_ballot", vote = vote.id, ends_at = ctx.now + 48 * 3600 } }
  end
end

local function on_command(ctx, cmd)
  if cmd.name ~= "vote.reopen" then return nil end
  for _, vote in ipairs(ctx.ballots) do
    if vote.id == cmd.vote and vote.due and ctx.now > vote.due then
      return refuse("too_late", { vi = "Đã quá 48 giờ.", en = "The 48 hours are over." }, rule(95))
    end
  end
end

-- The order of the list by lot, where the Assembly decides so; rule 87: the roll begins with a member drawn by lot.
local function on_lot(ctx, lot)
  if lot.name == "speakers" then return lots.order(ctx, lot, "speech") end
end

return {
  api = 1, version = "1",
  title = { vi = "Đại hội đồng Liên Hợp Quốc", en = "UN General Assembly" },
  settings = settings, setup = setup, quorum = on_quorum,
  on_request = on_request, on_grant = on_grant,
  on_command = on_command, on_lot = on_lot, ballot = ballot, evaluate = evaluate, on_result = on_result,
}
