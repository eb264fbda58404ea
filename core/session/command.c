#include "session/command.h"

#include <string.h>

/* Short words for the rows of KH_COMMAND_LIST. */
#define F(name)  KH_BIT(name)
#define OVERRIDE (F(override) | F(note))
enum {
    CHAIR = KH_ROLE_CHAIR,
    DELEGATE = KH_ROLE_DELEGATE,
    SECRETARY = KH_ROLE_SECRETARY,
    OPERATOR = KH_ROLE_OPERATOR,
    SERVER = KH_ROLE_SERVER,
    MEMBER = KH_ROLE_CHAIR | KH_ROLE_DELEGATE | KH_ROLE_GUEST,
    SPEAKER = KH_ROLES_SPEAKING, /* whoever may have been called, a reading secretary too */
};
enum {
    CLOSED = 1 << KH_PHASE_CLOSED,
    BREAK = 1 << KH_PHASE_BREAK,
    SITTING = 1 << KH_PHASE_SITTING,
    SUSPENDED = 1 << KH_PHASE_SUSPENDED,
};

const struct kh_command_info kh_command_table[KH_COMMANDS] = {
#define KH_COMMAND_ROW(name, wire, roles, phases, required, optional)                              \
    [KH_CMD_##name] = { wire, roles, phases, required, optional },
    KH_COMMAND_LIST(KH_COMMAND_ROW)
#undef KH_COMMAND_ROW
};

int kh_command_find(const char *name)
{
    for (int i = 0; i < KH_COMMANDS; i++)
        if (strcmp(kh_command_table[i].name, name) == 0)
            return i;
    return -1;
}
