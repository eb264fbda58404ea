-- speeches.lua: who has spoken and what happens when time is up, for the hooks of the floor.
local M = {}

-- How often `person` spoke (or is speaking) in `kind` on the item in hand; without an item, in this
-- sitting. The second value is the seconds they took.
function M.spoken(ctx, person, kind)
  local item = ctx.meeting.item
  return ctx.count {
    person = person, kind = kind,
    item = item and item.id, sitting = not item and ctx.meeting.sitting or nil,
  }
end

-- Did `person` put a question on the item in hand (to `target`, when that is given)?
function M.has_asked(ctx, person, target, kind)
  local item = ctx.meeting.item
  return ctx.count { person = person, kind = kind or "question", target = target, item = item and item.id } > 0
end

-- The question to the chair when a speaker's time is up; `default` counts when nobody answers.
function M.ask_chair(rule, timeout, default)
  return {
    to = "chair", code = "time_over", timeout = timeout, default = default, rule = rule,
    vi = "Hết giờ phát biểu. Chủ tọa quyết định:", en = "Time is up. The chair decides:",
    options = {
      { id = "go_on", vi = "Để phát biểu tiếp", en = "Let them go on" },
      { id = "plus_60", vi = "Gia hạn 60 giây", en = "Extend by 60 s" },
      { id = "cut", vi = "Dừng phát biểu", en = "Withdraw the floor" },
    },
  }
end

-- The actions for the chair's answer.
function M.after_ask(ask, answer, speech)
  if ask.code ~= "time_over" or not speech then return end
  if answer == "cut" then return { { "revoke", person = speech.person, note = "time_over" } } end
  if answer == "plus_60" then return { { "extend", person = speech.person, by = 60 } } end
end

return M
