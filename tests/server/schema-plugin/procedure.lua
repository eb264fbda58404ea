-- A procedure that makes every event happen, within seconds; for test_schema.py.
local majority = require "majority"

local RULE = "test 1"
local YES_NO = {
  { id = "yes", vi = "Đồng ý", en = "Yes" },
  { id = "no", vi = "Không", en = "No" },
}

local function ask(to, code, timeout)
  return { to = to, code = code, timeout = timeout, default = "no", options = YES_NO, rule = RULE,
    vi = "Đồng ý?", en = "Agreed?" }
end

local function setup()
  local member = { "delegate" }
  return {
    max_open = 8,
    lost_after = 0.2,
    order = { vi = "Theo thứ tự.", en = "In order.", rule = RULE },
    lanes = {
      { id = "motion", vi = "Đề nghị", en = "Motions", rank = 90 },
      { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 },
    },
    kinds = {
      { id = "speech", lane = "speech", roles = member, target = "optional", vi = "Phát biểu", en = "Speech" },
      { id = "quick", lane = "speech", roles = member, limit = 1, vi = "Ngắn", en = "Short" },
      { id = "yielding", lane = "speech", roles = member, vi = "Tự dừng", en = "Ends by itself" },
      { id = "graceful", lane = "speech", roles = member, vi = "Có ân hạn", en = "With grace" },
      { id = "motion", lane = "motion", roles = member, after_close = true, vi = "Đề nghị", en = "Motion" },
      { id = "plea", lane = "motion", roles = member, target = "required", vi = "Xin phép", en = "Plea" },
    },
    votes = {
      { id = "named", vi = "Ghi tên", en = "By name" },
      { id = "totals", vi = "Chỉ tổng số", en = "Totals only" },
      { id = "hands", vi = "Giơ tay", en = "By hand" },
      { id = "list", subjects = true, vi = "Danh sách", en = "A list" },
      { id = "secret", vi = "Bỏ phiếu kín", en = "Secret" },
      { id = "timed", vi = "Có giờ", en = "With a clock" },
      { id = "drawn", vi = "Bốc thăm", en = "Decided by lot" },
      { id = "announced", vi = "Chờ công bố", en = "Announced" },
      { id = "people", vi = "Bầu một người", en = "One of several" },
    },
    texts = { hello = { vi = "Xin chào", en = "Hello" } },
  }
end

-- What the chair overrides is refused, so that there is something to override.
local function on_command(_, cmd)
  if cmd.override then return refuse("not_now", { vi = "Chưa được.", en = "Not now." }, RULE) end
end

local function on_request(_, req)
  if req.note == "no" then return refuse("not_now", { vi = "Chưa được.", en = "Not now." }, RULE) end
  if req.kind == "motion" then return { needs = { support = 1 } } end
  if req.kind == "plea" then return { needs = { ask = ask(req.target, "plea", 60) } } end
end

local function on_support(_, req)
  if req.state ~= "pending" then return nil end
  return {
    { "accept", request = req.id },
    { "notice", code = "supported", vi = "Đã đủ.", en = "Enough.", rule = RULE },
    { "store", name = "last", note = req.person },
  }
end

local function on_grant(_, req)
  if req.note == "boom" then error("a rule with a mistake") end
  local limits = { quick = 0.4, yielding = 0.2, graceful = 0.2 }
  return { limit = limits[req.kind] or 600, marks = limits[req.kind] and { 0.1 } or { 60, 0 } }
end

local function on_expire(_, speech)
  if speech.kind == "yielding" then return "yield" end
  if speech.kind == "graceful" then return { grace = 0.2 } end
  return { ask = ask("chair", "time_over", 60) }
end

local function on_answer(_, question, answer, req)
  if question.code == "plea" then
    return { answer == "yes" and { "accept", request = req.id } or { "deny", request = req.id, note = "declined" } }
  end
end

local function ballot(_, type)
  return {
    candidates = type == "people",
    options = type ~= "people" and majority.yes_no_abstain or nil,
    change = type == "announced" and "until_announced" or "until_close",
    rules = { majority.more_than(1, 2, "expressed", RULE) },
    secrecy = type == "named" and "named_live" or type == "totals" and "totals" or type == "secret" and "secret" or "named_after",
    running = type == "totals" and "none" or "turnout",
    form = type == "hands" and "hands" or "electronic",
    select = { min = 1, max = type == "list" and 2 or 1 },
    close = type == "timed" and "timer" or "chair",
    timer = type == "timed" and 0.3 or nil,
    tie = type == "drawn" and "lot" or "casting", proxies = type == "list" or type == "secret",
  }
end

return {
  api = 1, version = "1",
  title = { vi = "Thể thức thử", en = "A procedure for a test" },
  settings = {
    { name = "limit", type = "integer", default = 5, min = 1, max = 60, unit = "min", rule = RULE, vi = "Giờ", en = "Time" },
    { name = "mode", type = "choice", choices = { "a", "b" }, default = "a", rule = RULE, vi = "Kiểu", en = "Mode" },
  },
  setup = setup, on_command = on_command, on_request = on_request, on_support = on_support, on_grant = on_grant,
  on_expire = on_expire, on_answer = on_answer, ballot = ballot,
}
