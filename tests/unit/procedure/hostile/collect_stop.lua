-- Switching the collector off.
collectgarbage("stop")
while true do local _ = {} end
