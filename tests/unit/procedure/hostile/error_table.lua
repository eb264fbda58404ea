-- An error that is not a text.
error({ code = 1 })
