-- Robert's Rules of Order (RONR 12) and codes of US city councils as settings. Sources: README.md.
local chair = require "chair"
local majority = require "majority"
local quorum = require "quorum"
local speeches = require "speeches"

local settings = {
  { name = "quorum", type = "choice", choices = { "none", "1/4", "1/3", "1/2", "2/3" }, default = "1/2", rule = "bylaws",
    vi = "Túc số", en = "Quorum" },
  { name = "society", type = "integer", default = 0, min = 0, max = 100000, rule = "1915 §48",
    vi = "Tổng số hội viên (0: theo danh sách)", en = "Members of the society (0: as in the roster)" },
  { name = "speech", type = "integer", default = 10, min = 1, max = 60, unit = "min", rule = "RONR 43:8",
    vi = "Phát biểu", en = "Speech" },
  { name = "speeches", type = "integer", default = 2, min = 1, max = 20, rule = "RONR 43:12",
    vi = "Số lần phát biểu một ngày", en = "Speeches a day on a question" },
  { name = "small_board", type = "boolean", default = false, rule = "RONR 49:21",
    vi = "Ban nhỏ: không giới hạn số lần", en = "Small board: no limit on the number of speeches" },
  { name = "weighted", type = "boolean", default = false, rule = "county and party bodies",
    vi = "Phiếu có trọng số", en = "Votes are weighted" },
  { name = "chair_votes", type = "choice", choices = { "decisive", "tie", "always" }, default = "decisive", rule = "RONR FAQ 1",
    vi = "Chủ tọa biểu quyết", en = "The chair votes" },
}

table.insert(settings, { name = "announce", type = "boolean", default = false, rule = "Richmond IN",
  vi = "Được đổi phiếu đến khi chủ tọa công bố", en = "A vote may be changed until the chair announces it" })

local function vote_type(id, vi, en, rule) return { id = id, vi = vi, en = en, rule = rule } end

local function setup()
  return {
    max_open = 2,
    order = { vi = "Ai chưa phát biểu được mời trước.", en = "Who has not spoken goes before who has.", rule = "RONR 43:12" },
    lanes = {
      { id = "order", vi = "Thủ tục", en = "Points of order", rank = 100, preempt = "next" },
      { id = "motion", vi = "Đề nghị ưu tiên", en = "Privileged and subsidiary motions", rank = 50 },
      { id = "speech", vi = "Thảo luận", en = "Debate", rank = 10 },
    },
    kinds = {
      { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" },
      { id = "answer", lane = "speech", roles = {}, vi = "Trả lời câu hỏi", en = "Answer to a question" },
      { id = "motion", lane = "motion", roles = { "delegate" }, vi = "Đề nghị", en = "Motion" },
      { id = "previous_question", lane = "motion", roles = { "delegate" }, after_close = true,
        vi = "Đề nghị chấm dứt thảo luận", en = "Previous question", rule = "RONR 16" },
      { id = "point_of_order", lane = "order", roles = { "delegate" }, after_close = true,
        vi = "Ý kiến về thủ tục", en = "Point of order" },
    },
    votes = {
      vote_type("main", "Đề nghị chính", "Main motion", "RONR 44:1"),
      vote_type("two_thirds", "Hai phần ba số phiếu", "Two thirds of the votes cast", "RONR 44:3"),
      vote_type("two_thirds_present", "Hai phần ba người có mặt", "Two thirds of those present", "1915 §48"),
      vote_type("two_thirds_members", "Hai phần ba hội viên", "Two thirds of the members", "1915 §48"),
      vote_type("all_members", "Quá nửa tổng số", "Majority of all members", "city code (ordinances)"),
      vote_type("three_quarters", "Ba phần tư tổng số", "Three quarters of all elected", "Avon OH"),
    },
  }
end

local function on_quorum(ctx, purpose)
  local fraction = quorum.read(ctx.settings.quorum, "bylaws; RONR 40")
  if not fraction then return nil end
  fraction.strict = ctx.settings.quorum == "1/2" -- a majority of the members
  local answer = quorum.of(ctx.presence.in_office, ctx.presence.count, fraction)
  -- RONR FAQ 3: once found, it is presumed until somebody notices.
  answer.mode = purpose == "open" and "checked" or "presumed"
  return answer
end

local function on_request(ctx, req)
  local s = ctx.settings
  if req.kind ~= "speech" or s.small_board then return nil end
  local n = speeches.spoken(ctx, req.person, "speech")
  if n >= s.speeches then
    return refuse("max_speeches", {
      vi = "Đã phát biểu đủ số lần về đề nghị này.",
      en = "You have spoken as often as allowed on this question.",
    }, "RONR 43:12")
  end
  return { priority = -n } -- nobody a second time while someone who has not spoken wants to
end

local function on_grant(ctx, req)
  local free = { answer = true, motion = true, point_of_order = true, previous_question = true }
  if free[req.kind] then return nil end -- Richmond IN: answers are not counted
  return { limit = ctx.settings.speech * 60, marks = { 60, 0 } }
end

local RULES = {
  main = majority.more_than(1, 2, "expressed", "RONR 44:1"),
  two_thirds = majority.at_least(2, 3, "expressed", "RONR 44:3"),
  two_thirds_present = majority.at_least(2, 3, "present_at_open", "1915 §48"),
  two_thirds_members = majority.at_least(2, 3, "in_office", "1915 §48"),
  all_members = majority.more_than(1, 2, "in_office", "city code"),
  three_quarters = majority.at_least(3, 4, "in_office", "Avon OH"),
}

local function ballot(ctx, type)
  return { options = majority.yes_no_abstain, secrecy = "named_live",
    change = ctx.settings.announce and "until_announced" or "until_close", tie = "casting",
    weighted = ctx.settings.weighted, rules = { RULES[type] } }
end

local function may_vote(ctx, person)
  return ctx.settings.chair_votes == "always" or chair.only_decides(ctx, person, "RONR FAQ 1")
end

local function chair_weight(ctx)
  if not ctx.settings.weighted then return 1 end
  for _, member in ipairs(ctx.body.members) do
    if member.roles.chair then return member.weight end
  end
  return 1
end

-- Would one more vote for, or against, change the outcome? Make or break.
local function decisive(ctx, counts, judged)
  local rule, mode = judged.rules[1], ctx.settings.chair_votes
  if mode == "always" or counts.cast == 0 then return false end
  if mode == "tie" then return counts["for"] == counts.against end
  local function passes(n_for, n_against)
    local total = rule.base == "expressed" and n_for + n_against or rule.total
    if rule.strict then return n_for * rule.den > total * rule.num end
    return n_for * rule.den >= total * rule.num
  end
  local now, weight = passes(counts["for"], counts.against), chair_weight(ctx)
  return passes(counts["for"] + weight, counts.against) ~= now or passes(counts["for"], counts.against + weight) ~= now
end

-- The count and the chair's vote together, by the same rule.
local function with_chair(ctx, counts, judged)
  local rule = judged.rules[1]
  local n_for = counts["for"] + (judged.decided == "for" and chair_weight(ctx) or 0)
  local n_against = counts.against + (judged.decided == "against" and chair_weight(ctx) or 0)
  local total = rule.base == "expressed" and n_for + n_against or rule.total
  local passed = rule.strict and n_for * rule.den > total * rule.num or not rule.strict and n_for * rule.den >= total * rule.num
  return {
    outcome = passed and "passed" or "rejected", rule = rule.rule,
    vi = string.format("Cùng phiếu của chủ tọa: %d tán thành, %d không tán thành. %s", n_for, n_against,
      passed and "Được thông qua." or "Không được thông qua."),
    en = string.format("With the chair's vote: %d for, %d against. %s", n_for, n_against, passed and "Passed." or "Not passed."),
  }
end

-- 1915 §48: two thirds of the members of a society that is larger than the roster.
local function members(ctx, counts, judged)
  local rule, society = judged.rules[1], ctx.settings.society
  if rule.base ~= "in_office" or society == 0 then return end
  rule.total = society
  rule.need = rule.strict and majority.share_above(society, rule.num, rule.den) or majority.share(society, rule.num, rule.den)
  judged.outcome = counts["for"] >= rule.need and "passed" or "rejected"
end

local function evaluate(ctx, _, counts, judged)
  if judged.decided then return with_chair(ctx, counts, judged) end
  members(ctx, counts, judged)
  local explained = majority.explain(counts, judged)
  if judged.outcome == "tied" then explained.outcome = "rejected" end
  if decisive(ctx, counts, judged) then
    explained.outcome = "tied" -- open until the chair votes or declines
    explained.vi = explained.vi .. " Lá phiếu của chủ tọa có thể quyết định."
    explained.en = explained.en .. " The chair's vote can change the result."
  end
  return explained
end

return {
  api = 1, version = "1",
  title = { vi = "Quy tắc Robert, hội đồng thành phố Mỹ", en = "Robert's Rules, US city councils" },
  settings = settings, setup = setup, quorum = on_quorum,
  on_request = on_request, on_grant = on_grant,
  ballot = ballot, may_vote = may_vote, evaluate = evaluate,
}
