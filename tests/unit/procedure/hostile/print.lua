-- Writing to the terminal.
print("hello")
