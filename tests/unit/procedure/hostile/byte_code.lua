-- Loading byte code, which could do anything to the machine.
return load(string.dump(function() return 1 end), "x", "b")()
