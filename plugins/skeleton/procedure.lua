-- The rules of NAME. Which rule of the law each line is: README.md.
local majority = require "majority"
local quorum = require "quorum"
local speeches = require "speeches"

-- Numbers that the council's IT may change in kyhop.lua, without touching this file.
local settings = {
  { name = "quorum", type = "choice", choices = { "none", "1/3", "1/2", "2/3" }, default = "1/2", rule = "Art. 1",
    vi = "Số người tối thiểu để họp", en = "Quorum" },
  { name = "speech", type = "integer", default = 5, min = 1, max = 60, unit = "min", rule = "Art. 2",
    vi = "Phát biểu", en = "Speech" },
  { name = "max_speeches", type = "integer", default = 2, min = 1, max = 20, rule = "Art. 2",
    vi = "Số lần phát biểu một nội dung", en = "Speeches on one item" },
}

-- The words of the council; the pages draw themselves from them.
local function setup()
  return {
    max_open = 2,
    lanes = {
      { id = "order", vi = "Thủ tục", en = "Points of order", rank = 100, preempt = "next" },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
    },
    kinds = {
      { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" },
      { id = "point_of_order", lane = "order", roles = { "delegate" }, after_close = true,
        vi = "Ý kiến về thủ tục", en = "Point of order" },
    },
    votes = {
      { id = "motion", vi = "Biểu quyết", en = "Motion", rule = "Art. 3" },
    },
  }
end

local function on_quorum(ctx, purpose)
  local fraction = quorum.read(ctx.settings.quorum, "Art. 1")
  if fraction and purpose ~= "decide" then
    return quorum.of(ctx.presence.in_office, ctx.presence.count, fraction)
  end
end

local function on_request(ctx, req)
  if req.kind == "speech" and speeches.spoken(ctx, req.person, "speech") >= ctx.settings.max_speeches then
    return refuse("max_speeches", {
      vi = "Đã phát biểu đủ số lần về nội dung này.",
      en = "You have spoken as often as the rules allow on this item.",
    }, "Art. 2")
  end
end

local function on_grant(ctx, req)
  if req.kind == "speech" then
    return { limit = ctx.settings.speech * 60, marks = { 60, 15, 0 } }
  end
end

-- "warn", "mute", "yield", { grace = 30 } or { ask = ... }
local function on_expire()
  return "warn"
end

-- More than half of the votes for and against; abstentions are left out.
local function ballot()
  return {
    options = majority.yes_no_abstain,
    secrecy = "named_after",
    rules = { majority.more_than(1, 2, "expressed", "Art. 3") },
  }
end

local function evaluate(_, _, counts, judged)
  return majority.explain(counts, judged)
end

return {
  api = 1,
  version = "1",
  title = { vi = "NAME", en = "NAME" },
  settings = settings,
  setup = setup,
  quorum = on_quorum,
  on_request = on_request,
  on_grant = on_grant,
  on_expire = on_expire,
  ballot = ballot,
  evaluate = evaluate,
}
