-- Changing what all texts can do.
getmetatable("").__index = nil
