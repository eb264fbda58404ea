-- majority.lua: rules of majority and their arithmetic in words, for the hooks `ballot` and `evaluate`.
local M = {}

-- The three options of the law on councils (77/2015/QH13 Art. 91(1)).
M.yes_no_abstain = {
  { id = "for", vi = "Tán thành", en = "For", as = "for" },
  { id = "against", vi = "Không tán thành", en = "Against", as = "against" },
  { id = "abstain", vi = "Không biểu quyết", en = "Not voting", as = "abstain" },
}

-- What the bases are called when a result names its base.
local BASES = {
  seats = { vi = "tổng số ghế", en = "seats" },
  in_office = { vi = "đại biểu", en = "members in office" },
  present_at_open = { vi = "người có mặt khi bắt đầu", en = "present at the opening" },
  present_at_close = { vi = "người có mặt", en = "present" },
  eligible = { vi = "người có quyền biểu quyết", en = "entitled to vote" },
  issued = { vi = "phiếu phát ra", en = "ballots issued" },
  returned = { vi = "phiếu thu về", en = "ballots returned" },
  cast = { vi = "phiếu", en = "votes cast" },
  valid = { vi = "phiếu hợp lệ", en = "valid votes" },
  expressed = { vi = "phiếu tán thành và không tán thành", en = "votes for and against" },
}

local COUNTED = {
  ["for"] = { vi = "tán thành", en = "for" },
  against = { vi = "không tán thành", en = "against" },
  abstain = { vi = "không biểu quyết", en = "not voting" },
  block = { vi = "phản đối", en = "blocking" },
}

local OUTCOMES = {
  passed = { vi = "Được thông qua.", en = "Passed." },
  rejected = { vi = "Không được thông qua.", en = "Not passed." },
  tied = { vi = "Số phiếu ngang nhau.", en = "A tie." },
  referred = { vi = "Chuyển lại cơ quan thẩm tra.", en = "Referred back." },
  vetoed = { vi = "Bị phản đối.", en = "Blocked." },
  invalid = { vi = "Không đủ người biểu quyết.", en = "Too few took part." },
  counted = { vi = "Chỉ kiểm phiếu.", en = "Counted only." },
}

-- More than num/den of the base: strictly.
function M.more_than(num, den, base, rule)
  return { of = "for", base = base, num = num, den = den, strict = true, rule = rule }
end

-- num/den of the base or more.
function M.at_least(num, den, base, rule)
  return { of = "for", base = base, num = num, den = den, strict = false, rule = rule }
end

-- The smallest whole number that is num/den of total or more. Whole numbers only, so that no
-- rounding can turn a result.
function M.share(total, num, den)
  return (total * num + den - 1) // den
end

-- The smallest whole number that is more than num/den of total.
function M.share_above(total, num, den)
  return total * num // den + 1
end

-- n of total as a percentage with at most two decimals, rounded half up: "54,67 %" and "54.67 %".
function M.percent(n, total)
  if total == 0 then return { vi = "–", en = "–" } end
  local hundredths = (n * 20000 + total) // (2 * total)
  local whole, rest = hundredths // 100, hundredths % 100
  if rest == 0 then return { vi = whole .. " %", en = whole .. " %" } end
  return {
    vi = string.format("%d,%02d %%", whole, rest),
    en = string.format("%d.%02d %%", whole, rest),
  }
end

local function rule_in_words(r)
  local of, base, share = COUNTED[r.of], BASES[r.base], M.percent(r.have, r.total)
  of, base = of or { vi = r.of, en = r.of }, base or { vi = r.base, en = r.base }
  return {
    vi = string.format("%d %s / %d %s; cần ít nhất %d (%s)", r.have, of.vi, r.total, base.vi, r.need, share.vi),
    en = string.format("%d %s / %d %s; at least %d needed (%s)", r.have, of.en, r.total, base.en, r.need, share.en),
  }
end

local function without_stop(text) return string.sub(text, 1, -2) end

-- Several people on one ballot: who came out how; the numbers of each are in the counts.
local function explain_subjects(judged, words)
  local groups, order, rule = {}, {}, nil
  for _, subject in ipairs(judged.subjects) do
    local outcome = words and words[subject.outcome] or OUTCOMES[subject.outcome] or OUTCOMES.counted
    local r = subject.rules[1]
    local name = r and string.format("%s (%d/%d)", subject.name, r.have, r.total) or subject.name
    if not groups[subject.outcome] then
      groups[subject.outcome] = { vi = without_stop(outcome.vi), en = without_stop(outcome.en), names = {} }
      table.insert(order, subject.outcome)
    end
    table.insert(groups[subject.outcome].names, name)
    rule = rule or r and r.rule
  end
  local vi, en = {}, {}
  for _, outcome in ipairs(order) do
    local group = groups[outcome]
    local names = table.concat(group.names, ", ")
    table.insert(vi, string.format("%s (%d): %s.", group.vi, #group.names, names))
    table.insert(en, string.format("%s (%d): %s.", group.en, #group.names, names))
  end
  return {
    outcome = #order == 1 and order[1] or "counted",
    vi = table.concat(vi, " "), en = table.concat(en, " "), rule = rule,
  }
end

-- The answer of `evaluate` for a vote that the core judged: its arithmetic and what came out.
-- `words` may give other outcome words, such as { passed = { vi = "Trúng cử.", en = "Elected." } }.
function M.explain(counts, judged, words)
  if judged.subjects and #judged.subjects > 1 then return explain_subjects(judged, words) end
  counts = counts[1] or counts
  local vi, en, rule = {}, {}, nil
  for _, r in ipairs(judged.rules) do
    local line = rule_in_words(r)
    table.insert(vi, line.vi)
    table.insert(en, line.en)
    rule = rule or r.rule
  end
  local outcome = words and words[judged.outcome] or OUTCOMES[judged.outcome] or OUTCOMES.counted
  table.insert(vi, string.format("Không tán thành %d, không biểu quyết %d, không bỏ phiếu %d",
    counts.against, counts.abstain, counts.not_voted))
  table.insert(en, string.format("Against %d, abstaining %d, not taking part %d",
    counts.against, counts.abstain, counts.not_voted))
  return {
    outcome = judged.outcome,
    vi = table.concat(vi, ". ") .. ". " .. outcome.vi,
    en = table.concat(en, ". ") .. ". " .. outcome.en,
    rule = rule,
  }
end

return M
