-- An election in which the chair decides between those who are equal; for chair.mjs.
local contest = require "contest"

local RULE = "test 2"

local function setup()
  return {
    lanes = { { id = "speech", vi = "Phát biểu", en = "Speeches", rank = 10 } },
    kinds = { { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" } },
    votes = { { id = "elect", subjects = true, vi = "Bầu một người", en = "One of several", rule = RULE } },
  }
end

local function ballot()
  return {
    candidates = true, secrecy = "named_after", tie = "casting",
    rules = { contest.relative(RULE) },
  }
end

return {
  api = 1, version = "1",
  title = { vi = "Bầu, chủ tọa quyết định khi ngang phiếu", en = "Election with a casting vote" },
  setup = setup, ballot = ballot,
}
