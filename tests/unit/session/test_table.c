/* Every command x role x phase against permissions.txt, which says what is wanted. */
#include "tests/unit/session/people.h"

#include <stdio.h>
#include <string.h>

struct wanted {
    bool is_listed;
    uint32_t roles, phases;
};

static struct wanted wanted[KH_COMMANDS];

static uint32_t bits_of(char *list, const char *const *words)
{
    uint32_t bits = 0;

    if (strcmp(list, "-") == 0)
        return 0;
    for (char *save, *word = strtok_r(list, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
        int found = kh_word_find(words, word);
        if (found < 0)
            fail_msg("permissions.txt: unknown word %s", word);
        bits |= 1u << found;
    }
    return bits;
}

static void read_wanted(void)
{
    char line[256], name[64], roles[96], phases[64];
    FILE *file = fopen(PERMISSIONS, "re");

    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        assert_int_equal(sscanf(line, "%63s %95s %63s", name, roles, phases), 3);
        int type = kh_command_find(name);
        if (type < 0 || wanted[type].is_listed)
            fail_msg("permissions.txt: %s is unknown or there twice", name);
        wanted[type] =
            (struct wanted){ true, bits_of(roles, kh_role_words), bits_of(phases, kh_phase_words) };
    }
    fclose(file);
}

/* A command with every field it needs, naming what is there in the state. */
static struct kh_command complete(enum kh_command_type type)
{
    struct kh_command command = { .type = type,
                                  .at_ms = PEOPLE_START_MS,
                                  .f = { .request = 1, .vote = 1, .ask = 1 } };

    command.f.present = kh_command_table[type].required;
    return command;
}

static enum kh_refusal expected(const struct wanted *want, uint32_t roles, enum kh_phase phase)
{
    if (!(want->roles & roles) && !(roles & KH_ROLE_SERVER))
        return KH_REFUSAL_ROLE;
    return want->phases >> phase & 1 ? KH_REFUSAL_NONE : KH_REFUSAL_PHASE;
}

/* Only role and phase are judged here: what comes behind them counts as let through. */
static enum kh_refusal gate(const struct people *p, const struct kh_command *command)
{
    enum kh_refusal refusal = kh_permit(&p->state, command);

    return refusal == KH_REFUSAL_ROLE || refusal == KH_REFUSAL_PHASE ? refusal : KH_REFUSAL_NONE;
}

static void assert_gate(struct people *p, enum kh_command_type type, uint32_t roles,
                        enum kh_phase phase)
{
    struct kh_command command = complete(type);

    command.actor = roles == KH_ROLE_SERVER ? KH_NOBODY : people_who(p, "d1");
    p->state.phase = phase;
    p->state.members[people_who(p, "d1")].profile.roles = roles;
    if (gate(p, &command) != expected(&wanted[type], roles, phase))
        fail_msg("%s by roles %#x in phase %s: the code answers %d, permissions.txt wants %d",
                 kh_command_table[type].name, roles, kh_phase_words[phase], (int)gate(p, &command),
                 (int)expected(&wanted[type], roles, phase));
}

static struct people *with_everything_to_name(void)
{
    struct people *p = people_sitting(2);

    p->ask = (struct kh_ask_text){ .option = { "yes" }, .n_options = 1, .person = KH_NOBODY };
    people_say(p, "d1 floor.request kind=speech");
    people_say(p, "server ask");
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    return p;
}

TEST(every_command_is_written_down)
{
    for (unsigned type = 0; type < KH_COMMANDS; type++)
        if (!wanted[type].is_listed)
            fail_msg("permissions.txt does not say who may %s", kh_command_table[type].name);
}

TEST(every_command_by_every_role_in_every_phase_is_as_written)
{
    struct people *p = with_everything_to_name();

    for (unsigned type = 0; type < KH_COMMANDS; type++)
        for (unsigned role = 0; role < KH_ROLES; role++)
            for (unsigned phase = 0; phase < KH_PHASES; phase++)
                assert_gate(p, (enum kh_command_type)type, 1u << role, (enum kh_phase)phase);
    people_destroy(p);
}

TEST(several_roles_are_worth_the_sum_of_each)
{
    struct people *p = with_everything_to_name();

    for (unsigned type = 0; type < KH_COMMANDS; type++)
        for (uint32_t roles = 0; roles < KH_ROLE_SERVER; roles++)
            for (unsigned phase = 0; phase < KH_PHASES; phase++)
                assert_gate(p, (enum kh_command_type)type, roles, (enum kh_phase)phase);
    people_destroy(p);
}

TEST(nobody_gets_a_command_of_the_server_by_any_sum_of_roles)
{
    for (unsigned type = 0; type < KH_COMMANDS; type++)
        assert_int_equal(kh_command_table[type].roles == KH_ROLE_SERVER, wanted[type].roles == 0);
}

TEST(a_missing_and_a_foreign_field_are_refused)
{
    struct people *p = with_everything_to_name();

    for (unsigned type = 0; type < KH_COMMANDS; type++) {
        const struct kh_command_info *info = &kh_command_table[type];
        struct kh_command command = complete((enum kh_command_type)type);
        command.actor = KH_NOBODY;
        unsigned phase = 0;
        while (!(info->phases >> phase & 1))
            phase++;
        p->state.phase = (enum kh_phase)phase;
        for (unsigned f = 0; f < KH_FIELDS; f++) {
            uint64_t bit = UINT64_C(1) << f;
            command.f.present = info->required ^ bit;
            if (!(info->optional & bit))
                assert_int_equal(kh_permit(&p->state, &command), KH_REFUSAL_FIELD);
        }
    }
    people_destroy(p);
}

TEST(who_is_not_in_the_roster_may_do_nothing)
{
    struct people *p = with_everything_to_name();
    struct kh_command command = complete(KH_CMD_FLOOR_NEXT);

    command.actor = (kh_person)p->state.n_members;
    assert_int_equal(kh_permit(&p->state, &command), KH_REFUSAL_ROLE);
    command.actor = KH_NOBODY - 1;
    assert_int_equal(kh_permit(&p->state, &command), KH_REFUSAL_ROLE);
    people_destroy(p);
}

TEST(names_of_nothing_are_refused_each_with_its_own_code)
{
    struct people *p = with_everything_to_name();
    static const struct {
        enum kh_command_type type;
        uint64_t field;
        enum kh_refusal refusal;
    } rows[] = {
        { KH_CMD_FLOOR_DENY, KH_BIT(request), KH_REFUSAL_NO_REQUEST },
        { KH_CMD_FLOOR_REVOKE, KH_BIT(person), KH_REFUSAL_NO_PERSON },
        { KH_CMD_ITEM_START, KH_BIT(item), KH_REFUSAL_NO_ITEM },
        { KH_CMD_VOTE_CLOSE, KH_BIT(vote), KH_REFUSAL_NO_VOTE },
        { KH_CMD_FLOOR_ANSWER, KH_BIT(ask) | KH_BIT(answer), KH_REFUSAL_NO_ASK },
        { KH_CMD_FLOOR_GRANT, KH_BIT(target), KH_REFUSAL_NO_PERSON },
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kh_command command = { .type = rows[i].type, .actor = people_who(p, "chair") };
        command.f.present = rows[i].field;
        command.f.request = command.f.vote = command.f.ask = 77;
        command.f.person = command.f.target = command.f.item = 7777;
        assert_int_equal(kh_permit(&p->state, &command), rows[i].refusal);
    }
    people_destroy(p);
}

TEST(the_server_has_to_name_who_comes_and_goes)
{
    struct people *p = with_everything_to_name();

    DOES(p, "server attendance.check_in", "!field");
    DOES(p, "server attendance.check_out", "!field");
    DOES(p, "server attendance.check_out person=d2", "attendance.checked_out:d2");
    people_destroy(p);
}

TEST(attendance_is_ones_own_and_the_secretarys)
{
    struct people *p = people_sitting(2);

    DOES(p, "d1 attendance.check_out person=d2", "!not_yours");
    DOES(p, "chair attendance.check_out person=d2", "!not_yours");
    DOES(p, "sec attendance.check_out person=d2", "attendance.checked_out:d2");
    DOES(p, "sec attendance.check_in person=d2 remote=true", "attendance.checked_in:d2");
    DOES(p, "d2 attendance.check_in remote=true", "!already_present");
    DOES(p, "d2 attendance.check_in", "attendance.checked_in:d2");
    assert_false(p->state.members[people_who(p, "d2")].remote);
    people_destroy(p);
}

TEST(a_lost_connection_is_noted_once_and_leaves_floor_and_presence)
{
    struct people *p = people_sitting(2);
    kh_person d1 = people_who(p, "d1");

    people_say(p, "chair floor.grant person=d1 kind=speech");
    DOES(p, "chair presence.lost person=d1", "!role");
    DOES(p, "server presence.back person=d1", "");
    DOES(p, "server presence.lost person=d1", "presence.lost:d1");
    DOES(p, "server presence.lost person=d1", "");
    assert_true(p->state.members[d1].lost);
    assert_int_equal(p->state.members[d1].presence, KH_PRESENT);
    assert_int_equal(kh_state_mic(&p->state, d1), KH_MIC_LIVE);
    DOES(p, "server presence.back person=d1", "presence.back:d1");
    assert_false(p->state.members[d1].lost);
    people_destroy(p);
}

TEST(a_new_session_begins_with_nobody_present_and_a_fresh_agenda)
{
    struct people *p = people_sitting(1);

    people_say(p, "chair floor.grant person=d1 kind=speech");
    people_say(p, "chair sitting.close");
    DOES(p, "d1 attendance.check_in", "attendance.checked_in:d1");
    DOES(p, "chair session.close", "session.closed");
    DOES(p, "chair session.open name=7", "session.opened");
    assert_int_equal(p->state.session_no, 2);
    assert_int_equal(p->state.sitting_no, 0);
    assert_int_equal(kh_state_present(&p->state), 0);
    assert_int_equal(kh_state_current_item(&p->state), KH_NO_ITEM);
    assert_int_equal(p->state.items[0].state, KH_ITEM_WAITING);
    assert_int_equal(p->state.n_history, 0);
    people_destroy(p);
}

TEST(every_refusal_has_a_code_words_in_both_languages_and_a_rule)
{
    for (unsigned i = 1; i < KH_REFUSALS; i++) {
        struct kh_reason reason;
        kh_refusal_reason((enum kh_refusal)i, &reason);
        assert_string_equal(reason.code, kh_refusal_table[i].code);
        assert_string_equal(reason.vi, kh_refusal_table[i].vi);
        assert_string_equal(reason.en, kh_refusal_table[i].en);
        assert_true(reason.code[0] && reason.vi[0] && reason.en[0] && reason.rule[0]);
        for (unsigned j = 1; j < i; j++)
            assert_string_not_equal(kh_refusal_table[i].code, kh_refusal_table[j].code);
    }
}

TEST(an_outcome_is_found_again_by_its_key_and_its_person)
{
    struct people *p = people_sitting(2);
    kh_person d1 = people_who(p, "d1");

    people_say(p, "d1 floor.request kind=speech key=abc");
    const struct kh_key *key = kh_state_key(&p->state, d1, "abc");
    assert_non_null(key);
    assert_int_equal(key->ref, 1);
    assert_int_equal(key->type, KH_EV_FLOOR_REQUESTED);
    assert_int_equal(key->seq, p->state.seq);
    assert_null(kh_state_key(&p->state, people_who(p, "d2"), "abc"));
    assert_null(kh_state_key(&p->state, d1, "ab"));
    assert_null(kh_state_key(&p->state, d1, ""));
    people_say(p, "chair floor.next key=n");
    assert_int_equal(kh_state_key(&p->state, people_who(p, "chair"), "n")->seq, p->state.seq - 1);
    people_destroy(p);
}

TEST(every_refusal_has_a_code_and_a_rule_of_its_own)
{
    for (unsigned i = 1; i < KH_REFUSALS; i++) {
        const struct kh_refusal_info *a = &kh_refusal_table[i];
        assert_true(a->vi[0] && a->en[0] && a->rule[0]);
        for (unsigned j = i + 1; j < KH_REFUSALS; j++) {
            const struct kh_refusal_info *b = &kh_refusal_table[j];
            assert_string_not_equal(a->code, b->code);
            if (strncmp(a->rule, "kyhop.", 6) == 0)
                assert_string_not_equal(a->rule, b->rule);
        }
    }
}

int main(void)
{
    read_wanted();
    return kh_run_tests(CASE(every_refusal_has_a_code_and_a_rule_of_its_own),
                        CASE(every_command_is_written_down),
                        CASE(every_command_by_every_role_in_every_phase_is_as_written),
                        CASE(several_roles_are_worth_the_sum_of_each),
                        CASE(nobody_gets_a_command_of_the_server_by_any_sum_of_roles),
                        CASE(a_missing_and_a_foreign_field_are_refused),
                        CASE(who_is_not_in_the_roster_may_do_nothing),
                        CASE(names_of_nothing_are_refused_each_with_its_own_code),
                        CASE(the_server_has_to_name_who_comes_and_goes),
                        CASE(attendance_is_ones_own_and_the_secretarys),
                        CASE(a_lost_connection_is_noted_once_and_leaves_floor_and_presence),
                        CASE(a_new_session_begins_with_nobody_present_and_a_fresh_agenda),
                        CASE(every_refusal_has_a_code_words_in_both_languages_and_a_rule),
                        CASE(an_outcome_is_found_again_by_its_key_and_its_person));
}
