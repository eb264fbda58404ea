-- The People's Council of Hải Phòng. The rule and its source behind each line: README.md.
local committee = require "committee"
local confidence = require "confidence"
local demands = require "demands"
local majority = require "majority"
local quorum = require "quorum"
local speeches = require "speeches"

local LAW = "72/2025/QH15 Art. 35; 77/2015/QH13 Art. 91(3)"
local PATTERN = "71/2022/QH15 Art. " -- rules of the National Assembly, which councils follow
local MARKS = { 60, 15, 0 } -- our choice, procedures.md 1.3

local function minutes(name, default, vi, en, rule)
  return { name = name, type = "integer", default = default, min = 1, max = 60, unit = "min", vi = vi, en = en, rule = rule }
end

local settings = {
  { name = "quorum", type = "choice", choices = { "none", "1/2", "2/3" }, default = "2/3",
    vi = "Số đại biểu tối thiểu để họp", en = "Quorum of a sitting", rule = "council practice" },
  { name = "seats", type = "integer", default = 0, min = 0, max = 1000,
    vi = "Số đại biểu được bầu (0: theo danh sách)", en = "Deputies elected (0: as in the roster)",
    rule = "65/2025/QH15 Art. 46" },
  { name = "confidence_base", type = "choice", choices = { "ballots", "deputies" }, default = "ballots",
    vi = "Lấy phiếu tín nhiệm: tính trên", en = "Confidence ballot: share of", rule = confidence.rule },
  minutes("speech_first", 7, "Phát biểu lần đầu", "First speech", PATTERN .. "18(3)(a)"),
  minutes("speech_second", 3, "Phát biểu lần hai", "Second speech", PATTERN .. "18(3)(a)"),
  minutes("debate", 3, "Tranh luận", "Debate", PATTERN .. "18(3)(b)"),
  minutes("question", 1, "Chất vấn", "Question", PATTERN .. "19(3)"),
  minutes("answer", 3, "Trả lời mỗi câu chất vấn", "Answer to a question", PATTERN .. "19(3)"),
  minutes("point_of_order", 3, "Ý kiến về điều hành", "Point of order", "council practice"),
  minutes("report", 15, "Trình bày báo cáo, tờ trình", "Report to the plenary", PATTERN .. "17"),
  { name = "max_speeches", type = "integer", default = 2, min = 1, max = 20,
    vi = "Số lần phát biểu tối đa một nội dung", en = "Speeches on one item, at most",
    rule = "102/2015/QH13 Art. 16(2)(d)" },
  { name = "time_over", type = "choice", choices = { "warn", "ask", "mute" }, default = "ask",
    vi = "Khi hết giờ", en = "When time is up", rule = "procedures.md 1.3" },
  { name = "time_over_default", type = "choice", choices = { "go_on", "plus_60", "cut" }, default = "go_on",
    vi = "Nếu chủ tọa không trả lời", en = "When the chair does not answer", rule = "procedures.md 1.3" },
  { name = "max_open", type = "integer", default = 4, min = 1, max = 32,
    vi = "Số micro được mở cùng lúc", en = "Microphones open at one time", rule = "council practice" },
  { name = "lost_speaker_s", type = "integer", default = 10, min = 0, max = 600, unit = "s",
    vi = "Người phát biểu mất kết nối: dừng đồng hồ sau (0: không)",
    en = "A speaker's connection is lost: the clock stops after (0: never)", rule = PATTERN .. "19(2)(đ)" },
}
for _, setting in ipairs(committee.settings(7)) do table.insert(settings, setting) end -- 7 for a province or city

local function setup(s)
  return {
    max_open = s.max_open,
    lost_after = s.lost_speaker_s,
    order = {
      vi = "Đăng ký trước được mời trước, trừ trường hợp chủ tọa quyết định khác.",
      en = "First registered, first called, unless the chair decides otherwise.",
      rule = PATTERN .. "18(2)",
    },
    lanes = {
      { id = "order", vi = "Điều hành", en = "Order", rank = 100, preempt = "next" },
      { id = "motion", vi = "Đề nghị", en = "Motions", rank = 90 },
      { id = "answer", vi = "Trả lời", en = "Answers", rank = 60 },
      { id = "debate", vi = "Tranh luận", en = "Debate", rank = 50 },
      { id = "question", vi = "Chất vấn", en = "Questions", rank = 20 },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
    },
    kinds = {
      { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" },
      { id = "debate", lane = "debate", roles = { "delegate" }, target = "optional",
        vi = "Tranh luận", en = "Debate" },
      { id = "question", lane = "question", roles = { "delegate" }, target = "optional",
        vi = "Chất vấn", en = "Question" },
      { id = "answer", lane = "answer", roles = {}, target = "optional",
        vi = "Trả lời chất vấn", en = "Answer" },
      { id = "report", lane = "answer", roles = {}, vi = "Báo cáo, tờ trình", en = "Report" },
      { id = "point_of_order", lane = "order", roles = { "delegate" }, after_close = true,
        vi = "Ý kiến về thủ tục, điều hành", en = "Point of order" },
      { id = "close_sitting", lane = "motion", roles = { "delegate" }, after_close = true,
        vi = "Đề nghị họp kín", en = "Demand for a closed sitting", rule = "77/2015/QH13 Art. 78(4)" },
    },
    votes = {
      { id = "resolution", vi = "Thông qua nghị quyết", en = "Resolution", rule = LAW },
      { id = "agenda", vi = "Thông qua chương trình", en = "Agenda", rule = LAW },
      { id = "close_sitting", vi = "Quyết định họp kín", en = "Closed sitting", rule = "77/2015/QH13 Art. 78(4)" },
      { id = "elect", vi = "Bầu cử", en = "Election", rule = "77/2015/QH13 Art. 83" },
      { id = "confidence", vi = "Lấy phiếu tín nhiệm", en = "Confidence ballot", rule = confidence.rule },
      { id = "remove", vi = "Bãi nhiệm đại biểu", en = "Removal of a deputy", rule = "77/2015/QH13 Art. 102(3)" },
    },
  }
end

local REFUSAL = {
  max_two = {
    vi = "Đại biểu đã phát biểu đủ số lần về nội dung này; có thể gửi ý kiến bằng văn bản.",
    en = "You have spoken as often as the rules allow on this item; the text may be handed in.",
  },
}

-- In minutes; told with the request already, so that deputies know what they will get.
local function limit(ctx, req)
  local s = ctx.settings
  if req.kind == "speech" then
    return speeches.spoken(ctx, req.person, "speech") == 0 and s.speech_first or s.speech_second
  end
  local own = { debate = s.debate, question = s.question, answer = s.answer, report = s.report }
  return own[req.kind] or s.point_of_order
end

local function on_request(ctx, req)
  if req.kind == "speech" and speeches.spoken(ctx, req.person, "speech") >= ctx.settings.max_speeches then
    return refuse("max_two", REFUSAL.max_two, "102/2015/QH13 Art. 16(2)(d)")
  end
  -- 71/2022/QH15 Art. 19(2)(d): the deputy who asked debates first.
  if req.kind == "debate" then
    return { priority = speeches.has_asked(ctx, req.person, req.target) and 1 or 0, limit = limit(ctx, req) * 60 }
  end
  -- 77/2015/QH13 Art. 78(4): a third of all deputies may demand it, the one who moves it included.
  if req.kind == "close_sitting" then return demands.needs(majority.share(ctx.body.in_office, 1, 3)) end
  return { limit = limit(ctx, req) * 60 }
end

local function on_support(ctx, req)
  local need = majority.share(ctx.body.in_office, 1, 3)
  if req.kind ~= "close_sitting" then return nil end
  return demands.after_support(req, need, {
    vi = string.format("Đủ %d đại biểu đề nghị họp kín; Hội đồng biểu quyết.", need),
    en = string.format("%d deputies demand a closed sitting; the council votes.", need),
  }, "77/2015/QH13 Art. 78(4)")
end

local function on_grant(ctx, req)
  return { limit = limit(ctx, req) * 60, marks = MARKS }
end

-- 71/2022/QH15 Art. 19(2)(đ): the chair may stop who is over time; nothing is cut by itself.
local function on_expire(ctx)
  local s = ctx.settings
  if s.time_over == "ask" then
    return { ask = speeches.ask_chair(PATTERN .. "19(2)(đ)", 20, s.time_over_default) }
  end
  return s.time_over
end

-- Nothing is taken by itself: the time that the network costs is not the speaker's, and the chair,
-- who conducts the debate, decides whether the council waits.
local function on_presence(ctx, person, what)
  return speeches.lost_or_back(ctx, person, what, PATTERN .. "19(2)(đ)")
end

local function on_answer(_, ask, answer, speech)
  return speeches.after_ask(ask, answer, speech) or speeches.after_lost(ask, answer, speech)
end

local function on_quorum(ctx, purpose)
  local fraction = quorum.read(ctx.settings.quorum, "council practice")
  if fraction and purpose ~= "decide" then
    return quorum.of(ctx.presence.in_office, ctx.presence.count, fraction)
  end
end

-- 65/2025/QH15 Art. 46: with fewer than two thirds left, more than two thirds of them must agree.
local function ordinary_majority(ctx)
  local seats = ctx.settings.seats > 0 and ctx.settings.seats or ctx.body.seats
  if 3 * ctx.body.in_office < 2 * seats then
    return majority.more_than(2, 3, "in_office", "65/2025/QH15 Art. 46")
  end
  return majority.more_than(1, 2, "in_office", LAW)
end

local function ballot(ctx, type)
  if type == "confidence" then return confidence.ballot(ctx.settings.secret_form) end
  local secret = type == "elect" or type == "remove" -- Art. 83 and 102: secret
  return {
    options = majority.yes_no_abstain, -- Art. 91(1): exactly these three
    eligible = "checked_in",
    change = "until_close",
    secrecy = secret and "secret" or "named_after",
    form = secret and ctx.settings.secret_form or "electronic",
    tie = "reject", -- Art. 91(3): equal is not more than half; no casting vote
    rules = { type == "remove" and majority.at_least(2, 3, "in_office", "77/2015/QH13 Art. 102(3)")
      or ordinary_majority(ctx) },
  }
end

local WORDS = {
  elect = { passed = { vi = "Trúng cử.", en = "Elected." }, rejected = { vi = "Không trúng cử.", en = "Not elected." } },
  remove = { passed = { vi = "Bị bãi nhiệm.", en = "Removed." }, rejected = { vi = "Không bị bãi nhiệm.", en = "Not removed." } },
}

local function evaluate(ctx, vote, counts, judged)
  if vote.type == "confidence" then return confidence.evaluate(counts, ctx.settings.confidence_base, vote.subjects) end
  return majority.explain(counts, judged, WORDS[vote.type])
end

-- 77/2015/QH13 Art. 78(4): the council decides; from then on the public hears nothing.
local function on_result(ctx, vote, outcome)
  if vote.type ~= "close_sitting" then return nil end
  local demand = demands.in_force(ctx, "close_sitting", "motion")
  local actions = { demand and demands.done(demand) }
  if outcome == "passed" then table.insert(actions, { "publish", closed = true }) end
  return actions
end

return {
  api = 1,
  version = "1",
  title = { vi = "Hội đồng nhân dân thành phố Hải Phòng", en = "People's Council of Hải Phòng" },
  settings = settings,
  setup = setup,
  on_command = committee.check,
  on_request = on_request,
  on_support = on_support,
  on_grant = on_grant,
  on_expire = on_expire,
  on_answer = on_answer,
  on_presence = on_presence,
  quorum = on_quorum,
  ballot = ballot,
  evaluate = evaluate,
  on_result = on_result,
}
