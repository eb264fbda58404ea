#include "procedure/problems.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int kh_problems_has_place(const char *text)
{
    const char *dot = strstr(text, ".lua:");

    return dot && dot - text < 120 && dot[5] >= '0' && dot[5] <= '9' &&
           strcspn(text, " ") > (size_t)(dot - text);
}

/* The first line of the file that has @near in it outside a comment; 1 when none has. */
static unsigned line_near(const char *path, const char *near)
{
    FILE *file = near && path ? fopen(path, "re") : NULL;
    char *line = NULL;
    size_t size = 0;
    unsigned n = 0, found = 1;

    if (!file)
        return 1;
    while (getline(&line, &size, file) >= 0) {
        n++;
        char *comment = strstr(line, "--");
        if (comment)
            *comment = '\0';
        if (strstr(line, near)) {
            found = n;
            break;
        }
    }
    free(line);
    fclose(file);
    return found;
}

/* Is this very line there already? The dry run meets some mistakes more than once. */
static bool is_known(const struct kh_problems *problems, const char *line)
{
    size_t bytes = strlen(line);

    for (const char *at = problems->text; at && *at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, line, bytes) == 0 && at[bytes] == '\n')
            return true;
    }
    return false;
}

static void append(struct kh_problems *problems, const char *text)
{
    size_t room = problems->size - problems->used;
    int n;

    if (!problems->text || room < 2)
        return;
    n = snprintf(problems->text + problems->used, room, "%s\n", text);
    problems->used += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

void kh_problems_add(struct kh_problems *problems, const char *near, const char *format, ...)
{
    char what[600], line[800];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    if (kh_problems_has_place(what))
        snprintf(line, sizeof(line), "%s", what);
    else
        snprintf(line, sizeof(line), "%s:%u: %s", problems->chunk, line_near(problems->path, near),
                 what);
    if (is_known(problems, line))
        return;
    append(problems, line);
    problems->n++;
}

struct attempt {
    kh_problems_part *part;
    void *user;
};

static int run(lua_State *lua)
{
    struct attempt *attempt = lua_touserdata(lua, -1);

    lua_pop(lua, 1);
    attempt->part(lua, attempt->user);
    return 0;
}

void kh_problems_try(struct kh_problems *problems, lua_State *lua, const char *near,
                     kh_problems_part *part, void *user)
{
    struct attempt attempt = { part, user };

    /* The one value that a part looks at is the stack's top. */
    lua_pushcfunction(lua, run);
    lua_pushvalue(lua, -2);
    lua_pushlightuserdata(lua, &attempt);
    if (lua_pcall(lua, 2, 0, 0) != LUA_OK) {
        const char *text = lua_tostring(lua, -1);
        kh_problems_add(problems, near, "%s", text ? text : "an error that is not a text");
        lua_pop(lua, 1);
    }
}
