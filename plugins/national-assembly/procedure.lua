-- The National Assembly of Vietnam: rules of session 71/2022/QH15. Sources: README.md.
local contest = require "contest"
local majority = require "majority"
local speeches = require "speeches"

local RULES = "71/2022/QH15 Art. "
local MARKS = { 60, 15, 0 }

local function minutes(name, default, vi, en, rule)
  return { name = name, type = "integer", default = default, min = 1, max = 60, unit = "min", vi = vi, en = en, rule = rule }
end

local settings = {
  minutes("speech_first", 7, "Phát biểu lần đầu", "First speech", RULES .. "18(3)(a)"),
  minutes("speech_second", 3, "Phát biểu lần hai", "Second speech", RULES .. "18(3)(a)"),
  minutes("debate", 3, "Tranh luận", "Debate", RULES .. "18(3)(b)"),
  minutes("debate_questions", 2, "Tranh luận khi chất vấn", "Debate in question time", RULES .. "19(3)"),
  minutes("explanation", 10, "Giải trình", "Explanation by the presenting body", RULES .. "18(3)(c)"),
  minutes("report", 15, "Trình bày báo cáo, tờ trình", "Report to the plenary", RULES .. "17"),
  minutes("statement", 5, "Báo cáo mở đầu của người bị chất vấn", "Opening statement of the person questioned", RULES .. "19"),
  minutes("question", 1, "Chất vấn", "Question", RULES .. "19(3)"),
  minutes("answer", 3, "Trả lời mỗi câu chất vấn", "Answer to a question", RULES .. "19(3)"),
  { name = "askers_per_turn", type = "integer", default = 3, min = 1, max = 20,
    vi = "Số đại biểu hỏi mỗi lượt", en = "Askers per turn", rule = "practice of 2019-2024" },
}

local function kind(id, lane, vi, en, more)
  local k = { id = id, lane = lane, vi = vi, en = en, roles = { "delegate" } }
  for name, value in pairs(more or {}) do k[name] = value end
  return k
end

local function setup()
  return {
    max_open = 4,
    order = {
      vi = "Đăng ký trước được mời trước; chủ tọa có thể mời theo nội dung và diễn biến.",
      en = "Called in order of registration; the chair may call with regard to content and course.",
      rule = RULES .. "18(2)",
    },
    lanes = {
      { id = "order", vi = "Điều hành", en = "Order", rank = 100, preempt = "next" },
      { id = "answer", vi = "Trả lời, giải trình", en = "Answers", rank = 60 },
      { id = "debate", vi = "Tranh luận", en = "Debate", rank = 50 },
      { id = "question", vi = "Chất vấn", en = "Questions", rank = 20 },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
    },
    kinds = {
      kind("speech", "speech", "Phát biểu", "Speech"),
      kind("debate", "debate", "Tranh luận", "Debate", { target = "optional" }),
      kind("question", "question", "Chất vấn", "Question", { target = "optional" }),
      kind("answer", "answer", "Trả lời chất vấn", "Answer", { roles = {}, target = "optional" }),
      kind("statement", "answer", "Báo cáo mở đầu", "Opening statement", { roles = {} }),
      kind("explanation", "answer", "Giải trình", "Explanation", { roles = {} }),
      kind("report", "answer", "Báo cáo, tờ trình", "Report", { roles = {} }),
      kind("point_of_order", "order", "Ý kiến về điều hành", "Point of order", { after_close = true }),
    },
    votes = {
      { id = "resolution", vi = "Thông qua luật, nghị quyết", en = "Law or resolution", rule = RULES .. "29(3)" },
      { id = "point", vi = "Nội dung còn ý kiến khác nhau", en = "Contested point", rule = RULES .. "20(1)" },
      { id = "constitution", vi = "Thông qua Hiến pháp", en = "Constitution", rule = "Constitution 2013 Art. 120" },
      { id = "elect", vi = "Bầu cử", en = "Election", rule = RULES .. "29(3)" },
      { id = "elect_one", vi = "Bầu một trong nhiều người", en = "One of several", rule = RULES .. "29(3)(a)", subjects = true },
      { id = "remove", vi = "Bãi nhiệm đại biểu", en = "Removal of a deputy", rule = RULES .. "29(3)" },
    },
  }
end

local function on_request(ctx, req)
  if req.kind == "speech" and speeches.spoken(ctx, req.person, "speech") >= 2 then
    return refuse("max_two", { vi = "Đại biểu đã phát biểu hai lần về nội dung này; có thể gửi ý kiến bằng văn bản.",
      en = "You have spoken twice on this item; the text may be handed in." }, "102/2015/QH13 Art. 16(2)(d)")
  end
  -- Art. 19(2)(d): the deputy who asked goes first.
  if req.kind == "debate" then
    return { priority = speeches.has_asked(ctx, req.person, req.target) and 1 or 0 }
  end
end

-- Questions since the last answer: the batch that waits for answers.
local function batch(ctx)
  local n = 0
  for _, speech in ipairs(ctx.last(ctx.settings.askers_per_turn)) do
    if speech.kind ~= "question" then break end
    n = n + 1
  end
  return n
end

-- Practice: a few deputies ask, then the answers come. The chair may still call anybody.
local function next_request(ctx, lane)
  local full = batch(ctx) >= ctx.settings.askers_per_turn
  local first = ctx.queue[lane or "all"][1]
  if not (full and first and first.kind == "question") then return first and first.id end
  for _, req in ipairs(ctx.queue[lane or "all"]) do
    if req.kind ~= "question" then return req.id end
  end
  return refuse("answer_first", {
    vi = "Đã đủ lượt chất vấn; đến lượt trả lời.",
    en = "The turn of questions is full; the answers come now.",
  }, "practice of 2019-2024")
end

local function in_question_time(ctx)
  local item = ctx.meeting.item
  return item ~= nil and item.kind == "questions"
end

local function limit(ctx, req)
  local s = ctx.settings
  if req.kind == "speech" then
    return speeches.spoken(ctx, req.person, "speech") == 0 and s.speech_first or s.speech_second
  end
  if req.kind == "debate" then return in_question_time(ctx) and s.debate_questions or s.debate end
  if req.kind == "point_of_order" then return s.debate end
  return s[req.kind]
end

local function on_grant(ctx, req)
  return { limit = limit(ctx, req) * 60, marks = MARKS }
end

local function on_expire() -- Art. 19(2)(đ): the chair may stop
  return { ask = speeches.ask_chair(RULES .. "19(2)(đ)", 20, "go_on") }
end

local function on_answer(_, ask, answer, speech)
  return speeches.after_ask(ask, answer, speech)
end

-- Art. 29(3)(a): equal top votes - a new ballot between the tied; still equal - the older.
local function elect_one(ctx, question, people)
  local earlier = contest.rounds(ctx, "elect_one", question, "runoff")
  local last = earlier[#earlier]
  if last and not contest.same(people, contest.best(last, 1)) then
    return refuse("runoff_between", { vi = "Chỉ bầu lại giữa những người bằng phiếu nhau.",
      en = "The new ballot is between those with equal votes only." }, RULES .. "29(3)(a)")
  end
  return {
    candidates = true, options = { { id = "none", vi = "Không chọn ai", en = "None of them", as = "blank" } },
    secrecy = "secret", form = "paper", tie = "oldest",
    rules = { contest.more_than(1, 2, "in_office", RULES .. "29(3)") },
  }
end

local ELECTED = {
  passed = { vi = "Trúng cử: %s.", en = "Elected: %s." },
  older = { vi = "Vẫn bằng phiếu; người nhiều tuổi hơn trúng cử: %s.", en = "Equal again; the older is elected: %s." },
  runoff = { vi = "Bằng phiếu nhau; bầu lại giữa: %s.", en = "Equal votes; a new ballot is held between: %s." },
  rejected = { vi = "Không ai trúng cử.", en = "Nobody is elected." },
}

local function elected(ctx, vote, counts, judged)
  local outcome, words = judged.outcome, nil
  if #judged.top > 1 then
    local again = #contest.rounds(ctx, vote.type, vote.question, "runoff") > 0
    outcome = again and judged.oldest and "passed" or "runoff"
    words = outcome == "passed" and ELECTED.older
  end
  return contest.explain(vote, counts, judged, outcome, words or ELECTED[outcome])
end

local function ballot(ctx, type, question, people)
  if type == "elect_one" then return elect_one(ctx, question, people) end
  local two_thirds = type == "constitution" or type == "remove"
  local rule = type == "constitution" and "Constitution 2013 Art. 120" or RULES .. "29(3)"
  return {
    options = majority.yes_no_abstain,
    secrecy = (type == "elect" or type == "remove") and "secret" or "totals",
    form = (type == "elect" or type == "remove") and "paper" or "electronic",
    rules = { two_thirds and majority.at_least(2, 3, "in_office", rule) or majority.more_than(1, 2, "in_office", rule) },
  }
end

local function evaluate(ctx, vote, counts, judged)
  if vote.type == "elect_one" then return elected(ctx, vote, counts, judged) end
  return majority.explain(counts, judged)
end

return {
  api = 1, version = "1",
  title = { vi = "Quốc hội Việt Nam", en = "National Assembly of Vietnam" },
  settings = settings, setup = setup,
  on_request = on_request, next = next_request, on_grant = on_grant,
  on_expire = on_expire, on_answer = on_answer,
  ballot = ballot, evaluate = evaluate,
}
