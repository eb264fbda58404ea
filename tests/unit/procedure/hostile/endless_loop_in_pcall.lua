-- An endless loop that catches its own end.
while true do pcall(function() while true do end end) end
