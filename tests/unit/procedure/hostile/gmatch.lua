-- gmatch.
for w in string.gmatch("a b", "%a") do log(w) end
