-- What procedures, their libraries and configurations may use: the names that the server's sandbox
-- gives them (core/procedure/library.c) and no others. Run by scripts/check.
local function only(...)
  local fields = {}
  for _, name in ipairs({ ... }) do fields[name] = {} end
  return { fields = fields }
end

stds.procedure = {
  read_globals = {
    "_VERSION", "assert", "error", "ipairs", "pairs", "pcall", "select", "tonumber", "tostring", "type",
    "require", -- plugins/lib only
    "refuse", -- refuse(code, { vi =, en = }, rule)
    "log", -- log(text): to the trace and the operator
    string = only("byte", "char", "format", "len", "lower", "reverse", "sub", "upper"),
    table = only("concat", "insert", "pack", "remove", "sort", "unpack"),
    math = only("abs", "ceil", "floor", "fmod", "huge", "max", "maxinteger", "min", "mininteger", "modf",
      "tointeger", "type", "ult"),
  },
}

std = "procedure"
max_line_length = 140 -- reasons stand in two languages on one line
unused_args = false -- a hook's parameters are part of the interface, used or not

files["config"] = { max_line_length = 200 } -- tables of titles in two languages
