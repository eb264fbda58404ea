-- quorum.lua: how many have to be here, for the hook `quorum`.
local majority = require "majority"

local M = {}

-- The answer of `quorum`: at least num/den of `total` have to be here (more than, when strict).
function M.of(total, have, fraction)
  local share = fraction.strict and majority.share_above or majority.share
  local need = share(total, fraction.num, fraction.den)
  return {
    need = need,
    have = have,
    vi = string.format("Cần ít nhất %d trong %d đại biểu có mặt; hiện có %d.", need, total, have),
    en = string.format("At least %d of %d members have to be present; there are %d.", need, total, have),
    rule = fraction.rule,
  }
end

-- A setting such as "2/3" as numbers; nil for "none".
function M.read(setting, rule)
  local known = {
    ["1/4"] = { 1, 4 }, ["1/3"] = { 1, 3 }, ["1/2"] = { 1, 2 }, ["2/3"] = { 2, 3 }, ["3/4"] = { 3, 4 },
  }
  local numbers = known[setting]
  return numbers and { num = numbers[1], den = numbers[2], rule = rule }
end

return M
