-- The Swiss National Council: Geschäftsreglement des Nationalrates (GRN). Sources: README.md.
local chair = require "chair"
local interrupt = require "interrupt"
local majority = require "majority"
local speeches = require "speeches"

local function article(n) return "GRN Art. " .. n end

local settings = {
  { name = "group_speaker", type = "integer", default = 10, min = 1, max = 60, unit = "min", rule = article("44(1)"),
    vi = "Người phát biểu thay mặt nhóm", en = "Group speaker, introductory debate" },
  { name = "member", type = "integer", default = 5, min = 1, max = 60, unit = "min", rule = article("44"),
    vi = "Đại biểu khác", en = "Other members" },
  { name = "rapporteurs", type = "integer", default = 20, min = 1, max = 120, unit = "min", rule = article("44(1)"),
    vi = "Các báo cáo viên, tổng cộng", en = "Rapporteurs together, introductory debate" },
  { name = "government", type = "integer", default = 20, min = 1, max = 120, unit = "min", rule = article("44(1)"),
    vi = "Hội đồng Liên bang", en = "Federal Council, introductory debate" },
  { name = "question", type = "integer", default = 1, min = 1, max = 5, unit = "min", rule = article(42),
    vi = "Câu hỏi chen", en = "Interposed question" },
}

local function setup()
  return {
    max_open = 3,
    order = {
      vi = "Theo thứ tự đăng ký; chủ tịch có thể xếp theo chủ đề, ngôn ngữ, quan điểm.",
      en = "In order of request; the president may group by theme, language and standpoint.",
      rule = article(41),
    },
    lanes = {
      { id = "order", vi = "Thủ tục", en = "Order", rank = 100, preempt = "next" },
      { id = "personal", vi = "Tuyên bố cá nhân", en = "Personal statements", rank = 90, preempt = "next" },
      { id = "first", vi = "Báo cáo viên, Chính phủ", en = "Rapporteurs, Federal Council", rank = 80, preempt = "next" },
      { id = "question", vi = "Câu hỏi chen", en = "Interposed questions", rank = 70 },
      { id = "group", vi = "Thay mặt nhóm, người đề nghị", en = "Group speakers and movers", rank = 50 },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
    },
    kinds = {
      { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" },
      { id = "group", lane = "group", roles = { "delegate" }, vi = "Thay mặt nhóm", en = "For the group" },
      { id = "mover", lane = "group", roles = { "delegate" }, vi = "Người đề nghị", en = "Mover" },
      { id = "rapporteur", lane = "first", roles = { "delegate" }, vi = "Báo cáo viên", en = "Rapporteur" },
      { id = "government", lane = "first", roles = { "guest" }, vi = "Hội đồng Liên bang", en = "Federal Council" },
      { id = "personal", lane = "personal", roles = { "delegate" }, after_close = true,
        vi = "Tuyên bố cá nhân", en = "Personal statement" },
      { id = "question", lane = "question", roles = { "delegate" }, target = "required", after_close = true,
        vi = "Câu hỏi chen", en = "Interposed question" },
      { id = "point_of_order", lane = "order", roles = { "delegate" }, after_close = true,
        vi = "Đề nghị thủ tục", en = "Procedural motion" },
    },
    votes = {
      { id = "vote", vi = "Biểu quyết", en = "Vote", rule = "ParlG Art. 80" },
      { id = "qualified", vi = "Đa số tuyệt đối của Hội đồng", en = "Majority of all members", rule = "Constitution Art. 159(3)" },
      { id = "roll_call", vi = "Gọi tên biểu quyết", en = "Roll call", rule = article("58, 60") },
    },
  }
end

-- Const. Art. 159: the majority of the members must be present.
local function quorum(ctx, purpose)
  local need = majority.share_above(ctx.presence.in_office, 1, 2)
  return {
    need = need, have = ctx.presence.count,
    mode = purpose == "resume" and "presumed" or "checked", rule = "Constitution Art. 159(1)",
  }
end

-- Art. 41: nobody more than twice; rapporteurs and the Federal Council as often as they ask.
local function on_request(ctx, req)
  if req.lane == "speech" or req.lane == "group" then
    local n = 0
    for _, kind in ipairs { "speech", "group", "mover" } do n = n + speeches.spoken(ctx, req.person, kind) end
    if n >= 2 then
      return refuse("max_two", { vi = "Không ai phát biểu quá hai lần về một nội dung.", en = "Nobody speaks more than twice on an item." },
        article("41"))
    end
  end
  -- Art. 42: only if the speaker says yes when the president asks.
  if req.kind == "question" then
    if not interrupt.speech_of(ctx, req.target) then
      return refuse("not_speaking", { vi = "Người này không đang phát biểu.", en = "This member is not speaking." }, article(42))
    end
    return interrupt.ask_speaker(req, article(42), 15)
  end
end

local function introductory(ctx)
  local item = ctx.meeting.item
  return item ~= nil and item.kind == "introduction"
end

-- Art. 44: rapporteurs share their time; in other debates they and the government have no limit.
local function limit(ctx, req)
  local s = ctx.settings
  if req.kind == "question" then return s.question * 60 end
  if not introductory(ctx) then
    return req.lane ~= "first" and s.member * 60 or nil
  end
  if req.kind == "rapporteur" then
    local _, used = ctx.count { kind = "rapporteur", item = ctx.meeting.item.id }
    return math.max(60, s.rapporteurs * 60 - used)
  end
  local own = { group = s.group_speaker, government = s.government }
  return (own[req.kind] or s.member) * 60
end

local function on_grant(ctx, req)
  return { limit = limit(ctx, req), marks = { 30, 0 } }
end

local function on_answer(_, ask, answer, req)
  return interrupt.after_ask(ask, answer, req, article(42), 15)
end

local function on_end(ctx, speech)
  if speech.kind == "question" then return interrupt.resume(ctx, speech) end
end

local function ballot(_, type)
  return {
    options = majority.yes_no_abstain,
    secrecy = "named_after", -- Art. 57: names are published
    running = "totals",
    form = type == "roll_call" and "roll_call" or "electronic",
    tie = "casting",
    rules = { type == "qualified" and majority.more_than(1, 2, "in_office", "Constitution Art. 159(3)")
      or majority.more_than(1, 2, "expressed", "ParlG Art. 80") },
  }
end

-- The president votes only in a tie.
local function may_vote(ctx, person)
  return chair.only_decides(ctx, person, "ParlG Art. 80(2)")
end

-- Art. 57: five states: yes, no, abstain, did not take part, excused.
local function evaluate(_, _, counts, judged)
  if judged.decided then return chair.explain(counts, judged, "ParlG Art. 80(2)") end
  local explained = majority.explain(counts, judged)
  explained.vi = explained.vi .. string.format(" Vắng có lý do: %d.", counts.excused)
  explained.en = explained.en .. string.format(" Excused: %d.", counts.excused)
  return explained
end

return {
  api = 1, version = "1",
  title = { vi = "Hội đồng Quốc gia Thụy Sĩ", en = "Swiss National Council" },
  settings = settings, setup = setup, quorum = quorum,
  on_request = on_request, on_grant = on_grant, on_answer = on_answer, on_end = on_end,
  ballot = ballot, may_vote = may_vote, evaluate = evaluate,
}
