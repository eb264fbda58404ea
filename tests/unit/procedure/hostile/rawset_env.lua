-- Going round the guard of the environment.
rawset(_ENV, "x", 1)
return x
