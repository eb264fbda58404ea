-- A text of a gigabyte.
return string.rep("x", 1 << 30)
