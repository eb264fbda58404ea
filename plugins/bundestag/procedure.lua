-- The German Bundestag: rules of procedure of 2025 (GO-BT). Sources: README.md.
local demands = require "demands"
local interrupt = require "interrupt"
local majority = require "majority"
local shares = require "shares"

local function par(n) return "GO-BT § " .. n end

local settings = {
  { name = "debate", type = "integer", default = 60, min = 1, max = 600, unit = "min", rule = par("35(1)"),
    vi = "Thời gian thảo luận", en = "Length of a debate" },
  { name = "speech", type = "integer", default = 10, min = 1, max = 60, unit = "min", rule = par("35(1)"),
    vi = "Phát biểu tối đa", en = "A speech, at most" },
  { name = "short", type = "integer", default = 120, min = 10, max = 600, unit = "s", rule = par("27(2)"),
    vi = "Can thiệp ngắn", en = "Kurzintervention" },
  { name = "question", type = "integer", default = 60, min = 10, max = 300, unit = "s", rule = par("27(1)"),
    vi = "Câu hỏi chen", en = "Zwischenfrage" },
  { name = "motion", type = "integer", default = 180, min = 10, max = 600, unit = "s", rule = par("29"),
    vi = "Đề nghị thủ tục", en = "Procedural motion" },
  { name = "house", type = "integer", default = 0, min = 0, max = 1000, rule = par("45"),
    vi = "Tổng số nghị sĩ (0: theo danh sách)", en = "Members of the house (0: as in the roster)" },
}

local function setup()
  local member = { "delegate" }
  return {
    max_open = 2,
    order = {
      vi = "Lời qua lời lại; mỗi nhóm một lượt trước khi nhóm nào có lượt thứ hai.",
      en = "Speech and counter-speech; every other group before a second speaker of one group.",
      rule = par("28(1)"),
    },
    lanes = {
      { id = "motion", vi = "Đề nghị thủ tục", en = "Procedural motions", rank = 100, preempt = "next" },
      { id = "demand", vi = "Yêu cầu", en = "Demands", rank = 95 },
      { id = "question", vi = "Câu hỏi chen", en = "Zwischenfragen", rank = 80 },
      { id = "short", vi = "Can thiệp ngắn", en = "Kurzinterventionen", rank = 70, preempt = "next" },
      { id = "reply", vi = "Trả lời", en = "Replies", rank = 65 },
      { id = "government", vi = "Chính phủ", en = "Government", rank = 60 },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
    },
    kinds = {
      { id = "speech", lane = "speech", roles = member, vi = "Phát biểu", en = "Speech" },
      { id = "government", lane = "government", roles = { "guest" }, vi = "Chính phủ", en = "Government" },
      { id = "question", lane = "question", roles = member, target = "required", after_close = true,
        vi = "Câu hỏi chen", en = "Zwischenfrage" },
      { id = "short", lane = "short", roles = member, target = "required", after_close = true,
        vi = "Can thiệp ngắn", en = "Kurzintervention" },
      { id = "reply", lane = "reply", roles = {}, target = "optional", vi = "Trả lời", en = "Reply to it" },
      { id = "motion", lane = "motion", roles = member, after_close = true, vi = "Đề nghị thủ tục", en = "Procedural motion" },
      { id = "quorum_doubt", lane = "demand", roles = member, after_close = true,
        vi = "Nghi ngờ túc số", en = "Doubt of the quorum", rule = par("45") },
      { id = "named_vote", lane = "demand", roles = member, after_close = true,
        vi = "Yêu cầu biểu quyết ghi tên", en = "Demand for a vote by name", rule = par("52") },
    },
    votes = {
      { id = "vote", vi = "Biểu quyết", en = "Vote", rule = par("48") },
      { id = "final", vi = "Biểu quyết cuối", en = "Final vote", rule = par("48(1)") },
      { id = "doors", vi = "Hammelsprung", en = "Hammelsprung", rule = par("51") },
      { id = "election", vi = "Bầu cử", en = "Election", rule = par("49") },
    },
  }
end

-- §§ 45, 52: a group or five per cent; one of fewer groups' members speaks for the group by its chair's title.
local function need(ctx, req)
  local leader = ctx.body.members[req.person].title == "Fraktionsvorsitz"
  return leader and 1 or majority.share(ctx.presence.count, 5, 100)
end

local function on_request(ctx, req)
  if req.lane == "demand" then return demands.needs(need(ctx, req)) end
  if req.kind == "question" then
    if not interrupt.speech_of(ctx, req.target) then
      return refuse("not_speaking", { vi = "Người này không đang phát biểu.", en = "This member is not speaking." }, par("27(1)"))
    end
    return interrupt.ask_speaker(req, par("27(1)"), 15)
  end
end

local WORDS = {
  quorum_doubt = { vi = "Túc số bị nghi ngờ.", en = "The quorum is doubted." },
  named_vote = { vi = "Biểu quyết ghi tên.", en = "The vote is taken by name." },
}

local function on_support(ctx, req)
  if req.lane ~= "demand" then return nil end
  return demands.after_support(req, need(ctx, req), WORDS[req.kind], req.kind == "named_vote" and par("52") or par("45"))
end

-- § 35(1): shares by strength; an over-run is taken from the next speakers of the group.
local function left_of(ctx, person)
  local group = ctx.body.members[person].group
  return shares.left(ctx, group, shares.by_strength(ctx, group, ctx.settings.debate * 60), "speech")
end

-- § 28(1): every other group before a second speaker of one group.
local function next_request(ctx, lane)
  if lane and lane ~= "speech" then return nil end
  local first = ctx.queue[lane or "all"][1]
  if not first or first.lane ~= "speech" then
    return first and first.lane ~= "demand" and first.id or nil
  end
  return shares.least_heard(ctx, "speech", function(req) return left_of(ctx, req.person) <= 0 end)
    or refuse("group_time", { vi = "Các nhóm đang chờ đã hết thời gian.", en = "No group that waits has time left." }, par("35(1)"))
end

local function on_grant(ctx, req)
  local s = ctx.settings
  if req.kind == "short" and interrupt.speech_of(ctx, req.target) then
    return refuse("speech_first", { vi = "Chờ bài phát biểu kết thúc.", en = "It comes after the speech." }, par("27(2)"))
  end
  if req.kind == "speech" then
    return { limit = math.max(1, math.min(s.speech * 60, left_of(ctx, req.person))), marks = { 30, 0 } }
  end
  local own = { short = s.short, reply = s.short, question = s.question, motion = s.motion }
  return { limit = own[req.kind], marks = { 10, 0 } }
end

-- § 35(3): after one warning the president should withdraw the floor.
local function on_expire(_, speech)
  if speech.kind == "government" then return "warn" end
  return { grace = 15 }
end

local function on_answer(_, ask, answer, req)
  return interrupt.after_ask(ask, answer, req, par("27(1)"), 15)
end

-- § 27(2): the speaker may answer a Kurzintervention once.
local function on_end(ctx, speech)
  if speech.kind == "question" then return interrupt.resume(ctx, speech) end
  if speech.kind == "short" and speech.target then
    return { { "grant", person = speech.target, kind = "reply", target = speech.person } }
  end
end

local function ballot(ctx, type)
  local named = demands.in_force(ctx, "named_vote", "demand") ~= nil
  local forms = { final = "standing", doors = "doors", election = "paper" }
  return {
    options = majority.yes_no_abstain,
    secrecy = type == "election" and "secret" or named and "named_after" or "totals",
    form = not named and forms[type] or "electronic",
    tie = "reject", -- § 48(2): a tie is a no
    rules = { majority.more_than(1, 2, "expressed", par("48(2)")) }, -- abstentions count for the quorum only
  }
end

-- § 45: more than half of the members; presumed until it is doubted.
local function evaluate(ctx, _, counts, judged)
  local explained = majority.explain(counts, judged)
  if not demands.in_force(ctx, "quorum_doubt", "demand") then return explained end
  local total = ctx.settings.house > 0 and ctx.settings.house or counts.in_office
  local quorum = majority.share_above(total, 1, 2)
  if counts.cast >= quorum then return explained end
  return {
    outcome = "invalid", rule = par("45"),
    vi = string.format("Không đủ túc số: cần %d, có %d. Không có quyết định.", quorum, counts.cast),
    en = string.format("Not able to decide: %d are needed, %d took part. There is no decision.", quorum, counts.cast),
  }
end

local function on_result(ctx)
  local actions = {}
  for _, kind in ipairs { "quorum_doubt", "named_vote" } do
    local demand = demands.in_force(ctx, kind, "demand")
    if demand then table.insert(actions, demands.done(demand)) end
  end
  return actions
end

return {
  api = 1, version = "1",
  title = { vi = "Quốc hội Liên bang Đức", en = "German Bundestag" },
  settings = settings, setup = setup,
  on_request = on_request, on_support = on_support, next = next_request, on_grant = on_grant,
  on_expire = on_expire, on_answer = on_answer, on_end = on_end,
  ballot = ballot, evaluate = evaluate, on_result = on_result,
}
