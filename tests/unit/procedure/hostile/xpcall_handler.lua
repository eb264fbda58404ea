-- An endless loop in a message handler, which runs while hooks are off.
xpcall(error, function() while true do end end)
