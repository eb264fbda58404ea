-- A file that is no Lua.
this is not lua
