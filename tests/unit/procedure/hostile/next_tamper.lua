-- The raw next, whose order is chance.
return next({ a = 1, b = 2 })
