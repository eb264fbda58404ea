-- Unpacking a range without end.
return table.unpack({}, 1, 100000000)
