-- A module by a path.
return require("/etc/passwd")
