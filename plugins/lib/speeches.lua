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

-- The speech that `person` is giving, or nil.
function M.of(ctx, person)
  for _, speech in ipairs(ctx.floor.speeches) do
    if speech.person == person then return speech end
  end
end

local function lost(ctx, speech, rule)
  local name = ctx.body.members[speech.person].name
  local actions = { { "ask", to = "chair", code = "speaker_lost", request = speech.id, rule = rule,
    vi = name .. " mất kết nối; đồng hồ đã dừng. Chủ tọa quyết định:",
    en = name .. " has lost the connection; the clock stands. The chair decides:",
    options = {
      { id = "wait", vi = "Chờ kết nối lại", en = "Wait for them" },
      { id = "take_back", vi = "Thu lại lượt phát biểu", en = "Take the floor back" },
    } } }
  if speech.running then table.insert(actions, 1, { "suspend", person = speech.person }) end
  return actions
end

local function back(ctx, speech, rule)
  local name = ctx.body.members[speech.person].name
  return {
    { "resume", person = speech.person },
    { "notice", code = "speaker_back", rule = rule,
      vi = name .. " đã kết nối lại và phát biểu tiếp.", en = name .. " is connected again and goes on." },
  }
end

-- For on_presence: the clock of a lost speaker stops and the chair is asked; when they are back, they
-- go on with the time that was left.
function M.lost_or_back(ctx, person, what, rule)
  local speech = M.of(ctx, person)
  if not speech then return nil end
  if what == "lost" then return lost(ctx, speech, rule) end
  if what == "back" and speech.interrupted then return back(ctx, speech, rule) end
end

-- The actions for the chair's answer. Whoever is back and speaking keeps the floor.
function M.after_lost(ask, answer, speech)
  if ask.code ~= "speaker_lost" or answer ~= "take_back" or not speech then return end
  if speech.running then
    return { { "notice", code = "speaker_back", rule = "kyhop.46",
               vi = "Đại biểu đã kết nối lại; lượt phát biểu được giữ nguyên.",
               en = "The speaker is connected again and keeps the floor." } }
  end
  return { { "revoke", person = speech.person, note = "speaker_lost" } }
end

return M
