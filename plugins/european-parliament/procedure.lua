-- The European Parliament: rules of procedure, 9th and 10th term. Sources: README.md.
local demands = require "demands"
local interrupt = require "interrupt"
local majority = require "majority"
local shares = require "shares"
local speeches = require "speeches"

local function rule(n) return "EP rule " .. n end

local settings = {
  { name = "quorum_requesters", type = "integer", default = 38, min = 1, max = 200, rule = rule(178),
    vi = "Số nghị sĩ yêu cầu kiểm tra túc số", en = "Members who may ask for a quorum check" },
  { name = "equal_part", type = "integer", default = 10, min = 0, max = 600, unit = "min", rule = rule("171(4)"),
    vi = "Thời gian chia đều cho các nhóm", en = "Time shared equally among groups" },
  { name = "proportional_part", type = "integer", default = 50, min = 0, max = 600, unit = "min", rule = rule("171(4)"),
    vi = "Thời gian chia theo tỷ lệ", en = "Time shared by size" },
  { name = "catch_the_eye", type = "integer", default = 60, min = 10, max = 300, unit = "s", rule = rule("171(6)"),
    vi = "Phát biểu tự do", en = "Catch-the-eye" },
  { name = "blue_card", type = "integer", default = 30, min = 10, max = 120, unit = "s", rule = rule("171(8)"),
    vi = "Thẻ xanh", en = "Blue card" },
  { name = "one_minute", type = "integer", default = 60, min = 10, max = 300, unit = "s", rule = rule(172),
    vi = "Phát biểu một phút", en = "One-minute speech" },
  { name = "component_members", type = "integer", default = 0, min = 0, max = 1000, rule = rule(178),
    vi = "Tổng số nghị sĩ (0: theo danh sách)", en = "Component members (0: as in the roster)" },
}

local function setup()
  local member = { "delegate" }
  return {
    max_open = 2,
    order = { vi = "Theo lượt của các nhóm.", en = "Rounds of group speakers, then the free part.", rule = rule("171(3)") },
    lanes = {
      { id = "order", vi = "Thủ tục", en = "Procedure", rank = 100, preempt = "next" },
      { id = "quorum", vi = "Kiểm tra túc số", en = "Quorum check", rank = 95 },
      { id = "blue_card", vi = "Thẻ xanh", en = "Blue cards", rank = 80 },
      { id = "rapporteur", vi = "Báo cáo viên, trưởng nhóm", en = "Rapporteurs, group leaders", rank = 60 },
      { id = "group", vi = "Thay mặt nhóm", en = "Group speakers", rank = 50 },
      { id = "eye", vi = "Phát biểu tự do", en = "Catch-the-eye", rank = 20 },
      { id = "personal", vi = "Tuyên bố cá nhân", en = "Personal statements", rank = 1, preempt = "end_of_item" },
    },
    kinds = {
      { id = "group", lane = "group", roles = member, vi = "Thay mặt nhóm", en = "On behalf of the group" },
      { id = "rapporteur", lane = "rapporteur", roles = member, vi = "Báo cáo viên", en = "Rapporteur" },
      { id = "catch_the_eye", lane = "eye", roles = member, vi = "Phát biểu tự do", en = "Catch-the-eye" },
      { id = "one_minute", lane = "eye", roles = member, vi = "Phát biểu một phút", en = "One-minute speech" },
      { id = "blue_card", lane = "blue_card", roles = member, target = "required", after_close = true,
        vi = "Thẻ xanh", en = "Blue card" },
      { id = "personal", lane = "personal", roles = member, after_close = true, vi = "Tuyên bố cá nhân", en = "Personal statement" },
      { id = "point_of_order", lane = "order", roles = member, after_close = true, vi = "Ý kiến về thủ tục", en = "Point of order" },
      { id = "quorum_check", lane = "quorum", roles = member, after_close = true,
        vi = "Yêu cầu kiểm tra túc số", en = "Request for a quorum check", rule = rule(178) },
    },
    votes = {
      { id = "text", vi = "Toàn văn", en = "Text as a whole", rule = rule("179a") },
      { id = "separate_part", vi = "Từng phần", en = "Separate part", rule = rule("179a") },
      { id = "amendment", vi = "Sửa đổi", en = "Amendment", rule = rule("179a") },
      { id = "roll_call", vi = "Biểu quyết ghi tên", en = "Roll-call vote", rule = rule(190) },
      { id = "absolute", vi = "Đa số tổng số nghị sĩ", en = "Majority of component members", rule = "TFEU" },
    },
  }
end

local function on_request(ctx, req)
  if req.kind == "quorum_check" then return demands.needs(ctx.settings.quorum_requesters) end
  if req.kind == "one_minute" and speeches.spoken(ctx, req.person, "one_minute") > 0 then
    return refuse("one_minute_once", { vi = "Mỗi người một lần.", en = "Once each." }, rule(172))
  end
  if req.kind == "blue_card" then
    if not interrupt.speech_of(ctx, req.target) then
      return refuse("not_speaking", { vi = "Người này không đang phát biểu.", en = "This member is not speaking." }, rule("171(8)"))
    end
    return interrupt.ask_speaker(req, rule("171(8)"), 10)
  end
end

local function on_support(ctx, req)
  if req.kind ~= "quorum_check" then return nil end
  return demands.after_support(req, ctx.settings.quorum_requesters, {
    vi = "Đủ số nghị sĩ yêu cầu kiểm tra túc số.", en = "A quorum check is validly requested.",
  }, rule(178))
end

-- Rule 178: any number may debate and vote, unless a valid request finds the quorum of a third missing.
-- Those who asked count as present even if they have left.
local function quorum(ctx, purpose)
  local check = purpose == "decide" and demands.in_force(ctx, "quorum_check", "quorum")
  if not check then return nil end
  local total = ctx.settings.component_members > 0 and ctx.settings.component_members or ctx.presence.in_office
  local need, have = majority.share(total, 1, 3), ctx.presence.count + demands.left(ctx, check)
  return {
    need = need, have = have, rule = rule(178),
    vi = string.format("Thiếu túc số: cần %d, có %d. Biểu quyết chuyển sang phiên họp sau.", need, have),
    en = string.format("No quorum: %d are needed, there are %d. The vote goes to the next sitting.", need, have),
  }
end

-- Rule 171(4): a part shared equally, a part by size.
local function left_of(ctx, group)
  local s = ctx.settings
  local share = shares.equal(ctx, s.equal_part * 60) + shares.by_strength(ctx, group, s.proportional_part * 60)
  return shares.left(ctx, group, share, "group")
end

local function group_of(ctx, req)
  return ctx.body.members[req.person].group
end

-- Rounds of group speakers: the group that was heard least, as long as it has time; then the others in order.
local function next_request(ctx, lane)
  if lane and lane ~= "group" then return nil end
  local first = ctx.queue[lane or "all"][1]
  if not first or first.lane ~= "group" then return first and first.id end
  local best = shares.least_heard(ctx, "group", function(req) return left_of(ctx, group_of(ctx, req)) <= 0 end)
  for _, req in ipairs(ctx.queue[lane or "all"]) do -- no group has time: the free part
    best = best or (req.lane ~= "group" and req.id or nil)
  end
  return best or refuse("group_time", { vi = "Các nhóm đang chờ đã hết thời gian.", en = "No group that waits has time left." },
    rule("171(4)"))
end

local function on_grant(ctx, req)
  local s = ctx.settings
  if req.kind == "group" then
    local left = left_of(ctx, group_of(ctx, req))
    if left <= 0 then
      return refuse("group_time", { vi = "Nhóm đã hết thời gian.", en = "The group has no time left." }, rule("171(4)"))
    end
    return { limit = left, marks = { 30, 0 } }
  end
  local own = { catch_the_eye = s.catch_the_eye, blue_card = s.blue_card, one_minute = s.one_minute, personal = 180 }
  return { limit = own[req.kind] or 60, marks = { 10, 0 } }
end

-- Practice: the microphone is cut shortly after the time.
local function on_expire()
  return { grace = 5 }
end

local function on_answer(_, ask, answer, req)
  return interrupt.after_ask(ask, answer, req, rule("171(8)"), 10)
end

-- The speaker answers the blue card in the time that was given back.
local function on_end(ctx, speech)
  if speech.kind == "blue_card" then return interrupt.resume(ctx, speech) end
end

-- Rule 179a: three answers to a tie, by the class of the ballot.
local TIES = { text = "refer", separate_part = "adopt" }

local function ballot(_, type)
  local absolute = type == "absolute"
  return {
    options = majority.yes_no_abstain,
    secrecy = type == "roll_call" and "named_after" or "totals", -- rule 192: only the numbers
    tie = TIES[type] or "reject",
    -- Rule 194(3): only votes for and against count, unless the treaty says otherwise.
    rules = { absolute and majority.more_than(1, 2, "in_office", "TFEU") or majority.more_than(1, 2, "expressed", rule("194(3)")) },
  }
end

local function evaluate(_, _, counts, judged)
  return majority.explain(counts, judged, {
    referred = { vi = "Ngang phiếu: chuyển lại ủy ban.", en = "A tie: back to the committee." },
  })
end

return {
  api = 1, version = "1",
  title = { vi = "Nghị viện châu Âu", en = "European Parliament" },
  settings = settings, setup = setup, quorum = quorum,
  on_request = on_request, on_support = on_support, next = next_request, on_grant = on_grant,
  on_expire = on_expire, on_answer = on_answer, on_end = on_end,
  ballot = ballot, evaluate = evaluate,
}
