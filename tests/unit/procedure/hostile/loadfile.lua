-- Reading a file.
return loadfile("/etc/passwd")
