-- The same through the metatable of texts.
local s = "a"
for _ = 1, 13 do s = s .. s end
return s:find(".-.-.-.-.-.-.-b$")
