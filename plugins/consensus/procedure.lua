-- A consensus assembly: concerns are heard until none is new; blocks must be founded. Sources: README.md.
local speeches = require "speeches"

local RULE = "consensus process, "

local settings = {
  { name = "turn", type = "integer", default = 3, min = 1, max = 30, unit = "min",
    vi = "Mỗi lượt nói", en = "A turn", rule = RULE .. "facilitation" },
  { name = "block_percent", type = "integer", default = 10, min = 1, max = 100, unit = "%",
    vi = "Số người phản đối làm dừng đề nghị", en = "Blocks that stop the proposal", rule = RULE .. "block" },
  { name = "consent_percent", type = "integer", default = 80, min = 51, max = 100, unit = "%",
    vi = "Tỷ lệ đồng thuận", en = "Consent", rule = RULE .. "consent" },
}

local function stage(id, rank, vi, en)
  return { id = id, vi = vi, en = en, rank = rank }, { id = id, lane = id, roles = { "delegate" }, vi = vi, en = en }
end

-- The stages of a round, in their order; "process" is a point of order.
local function setup()
  local lanes, kinds = {}, {}
  for _, s in ipairs {
    { "process", 100, "Cách làm việc", "Process" },
    { "clarify", 50, "Hỏi cho rõ", "Clarifying question" },
    { "information", 40, "Thông tin", "Point of information" },
    { "concern", 30, "Băn khoăn", "Concern" },
    { "amendment", 20, "Đề nghị sửa", "Friendly amendment" },
  } do
    local lane, kind = stage(s[1], s[2], s[3], s[4])
    table.insert(lanes, lane)
    table.insert(kinds, kind)
  end
  return {
    max_open = 2, lanes = lanes, kinds = kinds,
    order = { vi = "Ai nói ít nhất được mời trước.", en = "Who has spoken least is called first.", rule = RULE .. "progressive stack" },
    votes = {
      { id = "consent", vi = "Tìm đồng thuận", en = "Test for consensus", rule = RULE .. "consent" },
      { id = "confirm_block", vi = "Phản đối có căn cứ?", en = "Is the block founded?", rule = RULE .. "block" },
    },
  }
end

-- Of those who wait in the first stage that has anybody: who spoke least on the item; then who asked first.
local function next_request(ctx, lane)
  local queue = ctx.queue[lane or "all"]
  local best, least
  for _, req in ipairs(queue) do
    if req.lane == queue[1].lane then
      local n = speeches.spoken(ctx, req.person)
      if not least or n < least then best, least = req, n end
    end
  end
  return best and best.id
end

local function on_grant(ctx)
  return { limit = ctx.settings.turn * 60, marks = { 30, 0 } }
end

local OPTIONS = {
  consent = {
    { id = "consent", vi = "Đồng thuận", en = "Consent", as = "for" },
    { id = "stand_aside", vi = "Đứng ngoài", en = "Stand aside", as = "aside" },
    { id = "no", vi = "Không đồng thuận", en = "No consent", as = "against" },
    { id = "block", vi = "Phản đối", en = "Block", as = "block" },
  },
  confirm_block = {
    { id = "real", vi = "Có căn cứ", en = "It is founded", as = "for" },
    { id = "not_real", vi = "Không có căn cứ", en = "It is not", as = "against" },
  },
}

local function ballot(_, type)
  return { options = OPTIONS[type], secrecy = "named_live" }
end

-- Was a block confirmed (4/5) for this question since it was put?
local function block_confirmed(ctx, vote)
  local confirmed = false
  for _, other in ipairs(ctx.ballots) do
    if other.type == "confirm_block" and other.question == vote.question then confirmed = other.outcome == "block_founded" end
  end
  return confirmed
end

local function line(vi, en, ...)
  return { vi = string.format(vi, ...), en = string.format(en, ...) }
end

local function judge_block(counts)
  local founded = counts["for"] * 5 >= counts.cast * 4 and counts.cast > 0
  local words = line("%d trong %d cho là có căn cứ (cần 4/5).", "%d of %d find it founded (4/5 are needed).", counts["for"], counts.cast)
  return { outcome = founded and "block_founded" or "block_dismissed", vi = words.vi, en = words.en, rule = RULE .. "block" }
end

local function judge_consent(ctx, vote, counts)
  local s = ctx.settings
  local blocks = block_confirmed(ctx, vote) and counts.block or 0
  local base = counts["for"] + counts.against + counts.stand_aside
  local blocked = blocks > 0 and blocks * 100 >= s.block_percent * counts.present_at_close
  local consent = base > 0 and counts["for"] * 100 >= s.consent_percent * base
  local words = line("%d đồng thuận / %d, đứng ngoài %d, phản đối có căn cứ %d / %d người có mặt.",
    "%d consent of %d, %d stand aside, %d founded blocks of %d present.",
    counts["for"], base, counts.stand_aside, blocks, counts.present_at_close)
  local outcome = blocked and "vetoed" or consent and "passed" or "next_round"
  return { outcome = outcome, vi = words.vi, en = words.en, rule = RULE .. (blocked and "block" or "consent") }
end

local function evaluate(ctx, vote, counts)
  if vote.type == "confirm_block" then return judge_block(counts) end
  return judge_consent(ctx, vote, counts)
end

local function on_result(_, _, outcome)
  if outcome == "next_round" then
    return { { "notice", code = "next_round", rule = RULE .. "stages",
      vi = "Chưa đồng thuận: trở lại nghe băn khoăn.", en = "No consensus yet: concerns are heard again." } }
  end
end

return {
  api = 1, version = "1",
  title = { vi = "Hội nghị đồng thuận", en = "Consensus assembly" },
  settings = settings, setup = setup, next = next_request, on_grant = on_grant,
  ballot = ballot, evaluate = evaluate, on_result = on_result,
}
