-- The same with match.
return ("aaaa"):match("a-b")
