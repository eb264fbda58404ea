-- Loading text as code.
return load("return 1")()
