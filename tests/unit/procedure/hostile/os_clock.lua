-- Looking at the clock: a rule must not depend on it.
return os.time() > 0
