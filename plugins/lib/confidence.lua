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

-- Low from more than half to below two thirds of the base: may resign; from two thirds: removal.
function M.evaluate(counts, base)
  local total = base == "deputies" and counts.in_office or counts.returned
  local n = counts.options
  local outcome = "no_consequence"
  if n.low * 3 >= total * 2 and total > 0 then
    outcome = "removal"
  elseif n.low * 2 > total then
    outcome = "may_resign"
  end
  local words = {
    no_consequence = { vi = "Không có hệ quả.", en = "No consequence." },
    may_resign = { vi = "Có thể xin từ chức; nếu không thì bỏ phiếu tín nhiệm.", en = "May resign; otherwise a vote of confidence." },
    removal = { vi = "Trình miễn nhiệm.", en = "The removal procedure begins." },
  }
  local base_vi, base_en = "phiếu", "ballots"
  if base == "deputies" then base_vi, base_en = "đại biểu", "deputies in office" end
  local share = majority.percent(n.low, total)
  return {
    outcome = outcome, rule = M.rule,
    vi = string.format("Tín nhiệm cao %d, tín nhiệm %d, tín nhiệm thấp %d / %d %s (%s). %s",
      n.high, n.confident, n.low, total, base_vi, share.vi, words[outcome].vi),
    en = string.format("High %d, confidence %d, low %d / %d %s (%s). %s",
      n.high, n.confident, n.low, total, base_en, share.en, words[outcome].en),
  }
end

return M
