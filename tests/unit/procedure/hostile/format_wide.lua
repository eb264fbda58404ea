-- A format that is too wide.
return string.format("%9999999d", 1)
