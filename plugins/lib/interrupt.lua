-- interrupt.lua: a short intervention into a speech that is running, with the consent of its speaker
-- and the chair. The speaker's clock stands still and the microphone is silent meanwhile.
local M = {}

-- The speech of `person` that is running, or nil.
function M.speech_of(ctx, person)
  for _, speech in ipairs(ctx.floor.speeches) do
    if speech.person == person then return speech end
  end
end

local YES_NO = {
  { id = "yes", vi = "Đồng ý", en = "Yes" },
  { id = "no", vi = "Không", en = "No" },
}

-- The answer of on_request: the speaker is asked first. `timeout` seconds without an answer are a no.
function M.ask_speaker(req, rule, timeout)
  return { needs = { ask = {
    to = req.target, code = "speaker_consents", timeout = timeout, default = "no", options = YES_NO, rule = rule,
    vi = "Cho phép ngắt lời để hỏi?", en = "Do you allow an intervention?",
  } } }
end

local function ask_chair(req, rule, timeout)
  return { "ask", to = "chair", code = "chair_consents", request = req.id, timeout = timeout, default = "no",
    options = YES_NO, rule = rule, vi = "Diễn giả đồng ý. Chủ tọa cho phép?", en = "The speaker agrees. Do you allow it?" }
end

-- The actions of on_answer; nil when the question was another.
function M.after_ask(ask, answer, req, rule, timeout)
  if not req or req.state ~= "pending" then return nil end
  if ask.code == "speaker_consents" then
    if answer == "yes" then return { ask_chair(req, rule, timeout) } end
    return { { "deny", request = req.id, note = "speaker_declined" } }
  end
  if ask.code == "chair_consents" then
    if answer == "yes" then
      return { { "accept", request = req.id }, { "suspend", person = req.target }, { "grant", request = req.id } }
    end
    return { { "deny", request = req.id, note = "chair_declined" } }
  end
end

-- The actions of on_end of the intervention: the interrupted speech goes on.
function M.resume(ctx, intervention)
  local speech = intervention.target and M.speech_of(ctx, intervention.target)
  if speech and speech.interrupted then return { { "resume", person = speech.person } } end
end

return M
