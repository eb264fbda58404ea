-- Logging for ever.
while true do log("x") end
