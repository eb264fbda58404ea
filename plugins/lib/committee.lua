-- committee.lua: the counting committee of Vietnamese councils (ban kiểm phiếu) and how a secret vote is held.
local M = {}

M.rule = "883/HD-UBTVQH14 5(a)"

-- Its smallest size by level; and on paper or at the desks, as the council decides (77/2015/QH13 Art. 91(2)).
function M.settings(members)
  return {
    { name = "committee_members", type = "integer", default = members, min = 1, max = 15,
      vi = "Số thành viên tối thiểu của ban kiểm phiếu", en = "Members of the counting committee, at least", rule = M.rule },
    { name = "committee_needed", type = "integer", default = members // 2 + 1, min = 1, max = 15,
      vi = "Số thành viên tối thiểu để mở hòm phiếu", en = "Members who open the ballot box together, at least",
      rule = "kyhop core/box" },
    { name = "secret_form", type = "choice", choices = { "paper", "electronic" }, default = "paper",
      vi = "Hình thức bỏ phiếu kín", en = "Form of secret votes", rule = "77/2015/QH13 Art. 91(2)" },
  }
end

-- on_command: a committee that is too small, or a box that too few could open, is refused.
function M.check(ctx, command)
  if command.name ~= "committee.form" then return nil end
  local s, n = ctx.settings, #command.members
  if n < s.committee_members then
    return refuse("committee_small", {
      vi = string.format("Ban kiểm phiếu phải có ít nhất %d thành viên; mới có %d.", s.committee_members, n),
      en = string.format("A counting committee has at least %d members; these are %d.", s.committee_members, n),
    }, M.rule)
  end
  if command.needed < s.committee_needed then
    return refuse("committee_needed", {
      vi = string.format("Cần ít nhất %d thành viên cùng mở hòm phiếu.", s.committee_needed),
      en = string.format("At least %d members have to open the box together.", s.committee_needed),
    }, "kyhop core/box")
  end
  return nil
end

return M
