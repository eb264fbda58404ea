-- A procedure that fails in several hooks: a sitting must go on (scenario 36 of procedures.md).
return {
  api = 1,
  title = { vi = "Thể thức hỏng", en = "A broken procedure" },
  setup = function()
    return {
      lanes = { { id = "speech", rank = 10, vi = "Phát biểu", en = "Speeches" } },
      kinds = { { id = "speech", lane = "speech", roles = { "delegate" }, vi = "Phát biểu", en = "Speech" } },
      votes = { { id = "resolution", vi = "Nghị quyết", en = "Resolution" } },
    }
  end,
  next = function() error("next() is broken") end,
  on_grant = function() while true do end end,
  on_expire = function() return "explode" end,
  on_end = function() return { { "revoke", person = 7 } } end,
  ballot = function() return { options = "yes" } end,
  evaluate = function(_, _, counts) return counts.none.at.all end,
}
