/* problems.h - what is wrong with a procedure: lines "file:line: what (mend)", collected.
 *
 * Engine thread only. Writes into the caller's text; owns nothing. */
#ifndef KH_PROCEDURE_PROBLEMS_H
#define KH_PROCEDURE_PROBLEMS_H

#include <lua.h>
#include <stddef.h>

struct kh_problems {
    char *text; /* may be NULL: only counted */
    size_t size, used;
    unsigned n;
    const char *path;  /* of procedure.lua, for finding lines */
    const char *chunk; /* what messages call it: "hai-phong/procedure.lua" */
};

/* Add one. @near is a text to be found in the file, for the line number; NULL for line 1. A @text
 * that begins with its own place ("x.lua:3: ...") keeps it. */
void kh_problems_add(struct kh_problems *problems, const char *near, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Does @text begin with "file.lua:line:"? */
int kh_problems_has_place(const char *text);

/* Call @part with the lua_State's stack as it is (it must leave it as it was); what it raises is
 * added as a problem near @near. */
typedef void kh_problems_part(lua_State *lua, void *user);
void kh_problems_try(struct kh_problems *problems, lua_State *lua, const char *near,
                     kh_problems_part *part, void *user);

#endif
