-- A French conseil municipal: code général des collectivités territoriales (CGCT). Sources: README.md.
local contest = require "contest"
local demands = require "demands"
local majority = require "majority"

local function article(n) return "CGCT L2121-" .. n end

local settings = {
  { name = "second_call", type = "boolean", default = false, rule = article(17),
    vi = "Triệu tập lần hai: không cần túc số", en = "Second call: no quorum is needed" },
  { name = "speech", type = "integer", default = 5, min = 1, max = 60, unit = "min",
    vi = "Phát biểu", en = "Speech", rule = article(8) .. " (internal rules)" },
}

local function setup()
  return {
    max_open = 2,
    lanes = {
      { id = "demand", vi = "Yêu cầu", en = "Demands", rank = 90 },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
    },
    kinds = {
      { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" },
      { id = "public_ballot", lane = "demand", roles = { "delegate" }, after_close = true, rule = article(21),
        vi = "Yêu cầu bỏ phiếu công khai ghi tên", en = "Demand for a public ballot" },
      { id = "secret_ballot", lane = "demand", roles = { "delegate" }, after_close = true, rule = article(21),
        vi = "Yêu cầu bỏ phiếu kín", en = "Demand for a secret ballot" },
    },
    votes = {
      { id = "deliberation", vi = "Nghị quyết", en = "Deliberation", rule = article(20) },
      { id = "accounts", vi = "Quyết toán của thị trưởng", en = "The mayor's accounts", rule = article(14) },
      { id = "appointment", vi = "Bổ nhiệm", en = "Appointment", rule = article(21), subjects = true },
    },
  }
end

-- L2121-17: more than half of the members in office, bodily in the room; proxies do not count.
local function quorum(ctx)
  if ctx.settings.second_call then return nil end
  local need = majority.share_above(ctx.presence.in_office, 1, 2)
  return {
    need = need, have = ctx.presence.in_hall, rule = article(17),
    vi = string.format("Cần hơn một nửa số ủy viên có mặt tại phòng: %d; hiện có %d.", need, ctx.presence.in_hall),
    en = string.format("More than half of the members in office must be in the room: %d; there are %d.", need, ctx.presence.in_hall),
  }
end

-- L2121-21: a quarter of those present for a public ballot, a third for a secret one.
local function need(ctx, kind)
  if kind == "public_ballot" then return majority.share(ctx.presence.count, 1, 4) end
  return majority.share(ctx.presence.count, 1, 3)
end

local function on_request(ctx, req)
  if req.lane == "demand" then return demands.needs(need(ctx, req.kind)) end
end

local WORDS = {
  public_ballot = { vi = "Đủ một phần tư: bỏ phiếu công khai ghi tên.", en = "A quarter demands it: the ballot is public." },
  secret_ballot = { vi = "Đủ một phần ba: bỏ phiếu kín.", en = "A third demands it: the ballot is secret." },
}

local function on_support(ctx, req)
  if req.lane ~= "demand" then return nil end
  return demands.after_support(req, need(ctx, req.kind), WORDS[req.kind], article(21))
end

local function on_grant(ctx, req)
  if req.kind == "speech" then return { limit = ctx.settings.speech * 60, marks = { 60, 0 } } end
end

local BLANK = { id = "blank", vi = "Phiếu trắng", en = "Blank", as = "blank" }

-- L2121-21: two rounds with an absolute majority, the third with a relative one; then the oldest.
local function appointment(ctx, question)
  local last = #contest.rounds(ctx, "appointment", question, "next_round") >= 2
  return {
    candidates = true, options = { BLANK }, secrecy = "secret", form = "paper", proxies = true,
    tie = last and "oldest" or "reject",
    rules = { last and contest.relative(article(21)) or contest.more_than(1, 2, "expressed", article(21)) },
  }
end

local function ballot(ctx, type, question)
  if type == "appointment" then return appointment(ctx, question) end
  local secret = demands.in_force(ctx, "secret_ballot", "demand") ~= nil -- it goes before a public one
  return {
    options = majority.yes_no_abstain,
    secrecy = secret and "secret" or "named_live",
    form = secret and "paper" or "electronic",
    proxies = true,
    tie = secret and "reject" or "preponderant",
    rules = { majority.more_than(1, 2, "expressed", article(20)) }, -- abstentions and blanks are left out
  }
end

-- L2121-20: a written proxy; one for each holder.
local function on_command(ctx, cmd)
  if cmd.name ~= "proxy.give" then return nil end
  for _, holder in pairs(ctx.presence.proxies) do
    if holder == cmd.target then
      return refuse("one_proxy", { vi = "Mỗi người chỉ giữ một ủy quyền.", en = "One proxy for each holder." }, article(20))
    end
  end
end

-- L2121-14: the mayor leaves for the vote on the mayor's accounts.
local function may_vote(ctx, person, vote)
  if vote.type == "accounts" and ctx.body.members[person].title == "Maire" then
    return refuse("mayor_leaves", { vi = "Thị trưởng không biểu quyết về quyết toán của mình.",
      en = "The mayor does not vote on the mayor's accounts." }, article(14))
  end
  return true
end

local function president(ctx)
  for _, member in ipairs(ctx.body.members) do
    if member.roles.chair then return member.id end
  end
end

local APPOINTED = {
  passed = { vi = "Trúng cử: %s.", en = "Elected: %s." },
  oldest = { vi = "Ngang phiếu; người nhiều tuổi nhất trúng cử: %s.", en = "Equal; the oldest is elected: %s." },
  next_round = { vi = "Chưa ai đủ đa số tuyệt đối; bỏ phiếu vòng tiếp theo.", en = "No absolute majority; another round is held." },
  tied = { vi = "Ngang phiếu: %s.", en = "Equal: %s." },
}

local function appointed(vote, counts, judged)
  local outcome, words = judged.outcome, APPOINTED[judged.outcome]
  if outcome == "passed" and #judged.top > 1 then words = APPOINTED.oldest end
  if outcome == "rejected" then outcome, words = "next_round", APPOINTED.next_round end
  return contest.explain(vote, counts, judged, outcome, words)
end

-- L2121-20: when equal, the president's own vote decides, except in a secret ballot.
local function evaluate(ctx, vote, counts, judged)
  if vote.type == "appointment" then return appointed(vote, counts, judged) end
  local explained = majority.explain(counts, judged)
  if judged.outcome ~= "tied" or vote.secrecy == "secret" then return explained end
  local choice = ctx.choice(vote.id, president(ctx)) -- by name, so it is known
  if choice ~= "for" and choice ~= "against" then return explained end
  explained.outcome = choice == "for" and "passed" or "rejected"
  explained.vi = string.format("%d tán thành, %d không tán thành; phiếu của chủ tọa quyết định: %s.", counts["for"], counts.against,
    choice == "for" and "được thông qua" or "không được thông qua")
  explained.en = string.format("%d for, %d against; the president's vote prevails: %s.", counts["for"], counts.against,
    choice == "for" and "passed" or "not passed")
  return explained
end

local function on_result(ctx)
  local actions = {}
  for _, kind in ipairs { "public_ballot", "secret_ballot" } do
    local demand = demands.in_force(ctx, kind, "demand")
    if demand then table.insert(actions, demands.done(demand)) end
  end
  return actions
end

return {
  api = 1, version = "1",
  title = { vi = "Hội đồng thị chính (Pháp)", en = "Conseil municipal (France)" },
  settings = settings, setup = setup, quorum = quorum, on_command = on_command,
  on_request = on_request, on_support = on_support, on_grant = on_grant,
  ballot = ballot, may_vote = may_vote, evaluate = evaluate, on_result = on_result,
}
