-- A module outside plugins/lib.
return require("../../../../etc/passwd")
