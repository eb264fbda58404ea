-- A pattern of nested lazy repeats: one call that takes hours.
local s = "a"
for _ = 1, 13 do s = s .. s end
return string.find(s, ".-.-.-.-.-.-.-b$")
