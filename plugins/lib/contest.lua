-- contest.lua: one place, several people: rounds, runoffs between equal ones, the oldest, the lot.
local M = {}

-- More than num/den of the base for whoever has most votes.
function M.more_than(num, den, base, rule)
  return { of = "top", base = base, num = num, den = den, strict = true, rule = rule }
end

-- More votes than anybody else, whatever their share.
function M.relative(rule) return { of = "top", base = "second", num = 1, den = 1, strict = true, rule = rule } end

-- The earlier ballots on the same place, oldest first: those of this type and question that had this outcome.
function M.rounds(ctx, type, question, outcome)
  local found = {}
  for _, vote in ipairs(ctx.ballots) do
    if vote.type == type and vote.question == question and vote.outcome == outcome then table.insert(found, vote) end
  end
  return found
end

-- The n options of a closed ballot with most votes; those equal to the last of them too.
function M.best(vote, n)
  local options = {}
  for _, option in ipairs(vote.options) do
    if option.as == "other" then table.insert(options, { id = option.id, votes = vote.counts.options[option.id] }) end
  end
  table.sort(options, function(a, b) return a.votes > b.votes end)
  local ids = {}
  for i, option in ipairs(options) do
    if i <= n or option.votes == options[n].votes then ids[option.id] = true end
  end
  return ids
end

-- Are these exactly the people of the set?
function M.same(people, ids)
  local n = 0
  for _ in pairs(ids) do n = n + 1 end
  for _, person in ipairs(people) do
    if not ids[person.id] then return false end
  end
  return #people == n
end

local function name_of(vote, id)
  for _, option in ipairs(vote.options) do
    if option.id == id then return option.en end
  end
  return id
end

-- "An 25, Bình 24, blank 1"
local function numbers(vote, counts)
  local vi, en = {}, {}
  for _, option in ipairs(vote.options) do
    table.insert(vi, option.vi .. " " .. counts.options[option.id])
    table.insert(en, option.en .. " " .. counts.options[option.id])
  end
  return table.concat(vi, ", "), table.concat(en, ", ")
end

-- The answer of `evaluate`: the numbers, what was needed, and `words` ({ vi, en }, with %s for who it is).
function M.explain(vote, counts, judged, outcome, words)
  local vi, en = numbers(vote, counts)
  local rule = judged.rules[1]
  local who = judged.top[1] and name_of(vote, #judged.top > 1 and judged.oldest or judged.top[1]) or ""
  local all = {}
  for _, id in ipairs(judged.top) do table.insert(all, name_of(vote, id)) end
  local named = outcome == "passed" and who or table.concat(all, ", ")
  return {
    outcome = outcome, rule = rule.rule,
    vi = string.format("%s; cần ít nhất %d phiếu. ", vi, rule.need) .. string.format(words.vi, named),
    en = string.format("%s; at least %d needed. ", en, rule.need) .. string.format(words.en, named),
  }
end

return M
