-- Chance: a rule must decide alike each time.
return math.random() < 0.5
