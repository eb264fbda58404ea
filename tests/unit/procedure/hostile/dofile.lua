-- Running a file.
dofile("/etc/passwd")
