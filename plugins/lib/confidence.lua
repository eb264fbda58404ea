-- confidence.lua: the three-level confidence ballot of Vietnamese councils (96/2023/QH15).
local majority = require "majority"

local M = {}

local LEVELS = {
  { id = "high", vi = "Tín nhiệm cao", en = "High confidence" },
  { id = "confident", vi = "Tín nhiệm", en = "Confidence" },
  { id = "low", vi = "Tín nhiệm thấp", en = "Low confidence" },
}

M.rule = "96/2023/QH15 Art. 12"

-- @form: "paper" or "electronic"; on paper when left out.
function M.ballot(form)
  return { options = LEVELS, secrecy = "secret", form = form or "paper", rule = M.rule }
end

local WORDS = {
  no_consequence = { vi = "Không có hệ quả.", en = "No consequence." },
  may_resign = { vi = "Có thể xin từ chức; nếu không thì bỏ phiếu tín nhiệm.", en = "May resign; otherwise a vote of confidence." },
  removal = { vi = "Trình miễn nhiệm.", en = "The removal procedure begins." },
}

-- Low from more than half to below two thirds of the base: may resign; from two thirds: removal.
local function judge(counts, base)
  local total = base == "deputies" and counts.in_office or counts.returned
  local low = counts.options.low
  if low * 3 >= total * 2 and total > 0 then return "removal", total end
  return low * 2 > total and "may_resign" or "no_consequence", total
end

-- Several people on one paper: who has to bear a consequence; everybody's numbers are in the counts.
local function evaluate_all(counts, base, subjects)
  local worst, vi, en, free = "no_consequence", {}, {}, 0
  for i, one in ipairs(counts) do
    local outcome, total = judge(one, base)
    if outcome == "no_consequence" then
      free = free + 1
    else
      local who = string.format("%s (%d/%d)", subjects[i].name, one.options.low, total)
      table.insert(vi, who .. ": " .. WORDS[outcome].vi)
      table.insert(en, who .. ": " .. WORDS[outcome].en)
      worst = worst ~= "removal" and outcome or worst
    end
  end
  table.insert(vi, string.format("Không có hệ quả: %d người.", free))
  table.insert(en, string.format("No consequence: %d.", free))
  return { outcome = worst, rule = M.rule, vi = table.concat(vi, " "), en = table.concat(en, " ") }
end

-- @base: "ballots" or "deputies"; @subjects: of the vote, nil for a vote on one.
function M.evaluate(counts, base, subjects)
  if counts[2] then return evaluate_all(counts, base, subjects) end
  counts = counts[1] or counts
  local n = counts.options
  local outcome, total = judge(counts, base)
  local base_vi, base_en = "phiếu", "ballots"
  if base == "deputies" then base_vi, base_en = "đại biểu", "deputies in office" end
  local share = majority.percent(n.low, total)
  return {
    outcome = outcome, rule = M.rule,
    vi = string.format("Tín nhiệm cao %d, tín nhiệm %d, tín nhiệm thấp %d / %d %s (%s). %s",
      n.high, n.confident, n.low, total, base_vi, share.vi, WORDS[outcome].vi),
    en = string.format("High %d, confidence %d, low %d / %d %s (%s). %s",
      n.high, n.confident, n.low, total, base_en, share.en, WORDS[outcome].en),
  }
end

return M
