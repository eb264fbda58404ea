/* Thousands of random commands, sense and nonsense, over many seeds: what must always be true. */
#include "tests/unit/session/people.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 8, STEPS = 4000, DELEGATES = 9 };

static uint64_t seed_now;
static bool seen[KH_EVENTS];

static struct kh_members members; /* of the last committee.form */

static uint32_t any(uint32_t below)
{
    seed_now ^= seed_now << 13;
    seed_now ^= seed_now >> 7;
    seed_now ^= seed_now << 17;
    return (uint32_t)(seed_now >> 11) % below;
}

/* Mostly something that is there, sometimes not. */
static uint32_t some_request(const struct kh_state *state)
{
    const struct kh_request *r = &state->requests[any(24)];

    return r->id && any(8) ? r->id : any(state->last_request + 3);
}

static uint32_t some_ask(const struct kh_state *state)
{
    const struct kh_ask *ask = &state->asks[any(KH_ASKS_MAX)];

    return ask->id && any(8) ? ask->id : any(state->last_ask + 2);
}

static kh_person somebody(const struct kh_state *state)
{
    if (any(40) == 0)
        return KH_NOBODY;
    return (kh_person)any(state->n_members + (any(30) == 0));
}

static void fill_name(struct people *p, struct kh_fields *f, enum kh_field field)
{
    switch ((int)field) {
    case KH_F_person:
        f->person = somebody(&p->state);
        break;
    case KH_F_target:
        f->target = somebody(&p->state);
        break;
    case KH_F_item:
        f->item = (kh_item)any(p->state.n_items + 1);
        break;
    case KH_F_request:
        f->request = some_request(&p->state);
        break;
    case KH_F_before:
        f->before = some_request(&p->state);
        break;
    case KH_F_ask:
        f->ask = some_ask(&p->state);
        break;
    case KH_F_vote:
        f->vote = any(10) ? p->state.last_vote : any(12);
        break;
    case KH_F_ask_text:
        f->ask_text = &p->ask;
        break;
    case KH_F_subjects:
        f->subjects = &p->subjects;
        break;
    default:
        break;
    }
}

static void fill_text(struct kh_fields *f, enum kh_field field)
{
    static const char *const kinds[] = { "speech", "debate", "order", "" };
    static const char *const words[] = { "cut", "plus_60", "Xin phát biểu \"về\" ngân sách\n" };
    const struct kh_field_info *info = &kh_field_table[field];
    bool is_word = info->size == KH_WORD_BYTES && field != KH_F_answer;

    if (info->kind == KH_KIND_TEXT)
        kh_text_copy((char *)f + info->offset, info->size, is_word ? kinds[any(4)] : words[any(3)]);
}

static void fill_value(struct people *p, struct kh_fields *f, enum kh_field field)
{
    const struct kh_vote *vote = kh_state_vote(&p->state, p->state.last_vote);
    uint32_t subjects = vote && vote->ballot.n_subjects ? vote->ballot.n_subjects : 1;

    switch ((int)field) {
    case KH_F_by_ms:
    case KH_F_limit_ms:
        f->by_ms = f->limit_ms = (int64_t)any(90000) - 5000;
        break;
    case KH_F_remote:
    case KH_F_closed:
        f->remote = f->closed = any(2);
        break;
    case KH_F_form:
        f->form = KH_FORM_PAPER;
        break;
    case KH_F_choice:
        f->choice.n = any(20) ? subjects : any(5);
        for (unsigned s = 0; s < f->choice.n; s++)
            f->choice.options[s] = (uint16_t)(any(20) ? 1u << any(3) : any(65536));
        break;
    case KH_F_members:
        members.n = 1 + any(3);
        for (unsigned i = 0; i < members.n; i++)
            members.person[i] = somebody(&p->state);
        f->members = &members;
        break;
    case KH_F_needed:
        f->needed = 1 + any(2);
        break;
    case KH_F_number:
        f->number = any(4);
        break;
    case KH_F_paper:
        KH_TEXT_SET(f->paper, any(9) ? "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                                     : "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB");
        break;
    case KH_F_deal:
        f->deal = any(2) ? "ZGVhbA" : "ZGVhbDI";
        break;
    case KH_F_opening:
        f->opening = "b3Blbg";
        break;
    case KH_F_counts:
        memset(&p->tally, 0, sizeof(p->tally));
        for (unsigned s = 0; s < subjects; s++) {
            p->tally.subject[s].option[0] = any(3);
            p->tally.subject[s].invalid = any(2);
        }
        f->counts = &p->tally;
        break;
    default:
        break;
    }
}

static void fill_more(struct people *p, struct kh_fields *f, enum kh_field field)
{
    switch ((int)field) {
    case KH_F_among:
        p->among.n = any(5);
        for (unsigned i = 0; i < p->among.n; i++)
            snprintf(p->among.name[i], KH_ID_BYTES, "n%u", any(20) ? i : 1);
        f->among = &p->among;
        break;
    case KH_F_override:
        f->override = any(2);
        break;
    case KH_F_ends_at:
        f->ends_at = p->now_ms + any(100000) - 1000;
        break;
    default:
        break;
    }
}

static void fill_field(struct people *p, struct kh_command *command, enum kh_field field)
{
    command->f.present |= UINT64_C(1) << field;
    fill_name(p, &command->f, field);
    fill_text(&command->f, field);
    fill_value(p, &command->f, field);
    fill_more(p, &command->f, field);
}

/* The next step of the counting committee, or of the vote that waits for it. */
static enum kh_command_type next_secret(const struct kh_state *state)
{
    static const enum kh_command_type steps[] = { KH_CMD_COMMITTEE_JOIN, KH_CMD_COMMITTEE_DEAL,
                                                  KH_CMD_COMMITTEE_CONFIRM };
    const struct kh_committee *committee = &state->committee;
    const struct kh_vote *vote = kh_state_vote(state, state->last_vote);

    if (committee->n == 0 || committee->is_void)
        return KH_CMD_COMMITTEE_FORM;
    if (!kh_state_committee_is_ready(state))
        return any(9) ? steps[committee->members[any(committee->n)].stage % 3]
                      : KH_CMD_COMMITTEE_COMPLAIN;
    if (vote && vote->state == KH_VOTE_SEALED)
        return !vote->secret.boxed ? KH_CMD_VOTE_BOX
               : any(2)            ? KH_CMD_VOTE_UNSEAL
                                   : KH_CMD_VOTE_COUNT;
    if (vote && vote->state == KH_VOTE_OPEN && kh_vote_is_sealable(vote))
        return any(5) ? KH_CMD_VOTE_CLAIM : any(3) ? KH_CMD_VOTE_PAPER : KH_CMD_VOTE_CLOSE;
    if (vote && vote->state == KH_VOTE_OPEN)
        return vote->ended_ms ? KH_CMD_VOTE_ANNOUNCE : KH_CMD_VOTE_CLOSE;
    return KH_CMD_VOTE_OPEN;
}

/* Keep the sitting going most of the time, so that something happens in it. */
static enum kh_command_type some_type(const struct kh_state *state)
{
    static const enum kh_command_type onward[] = {
        [KH_PHASE_CLOSED] = KH_CMD_SESSION_OPEN,
        [KH_PHASE_BREAK] = KH_CMD_SITTING_OPEN,
        [KH_PHASE_SITTING] = KH_CMD_FLOOR_REQUEST,
        [KH_PHASE_SUSPENDED] = KH_CMD_SITTING_RESUME,
    };
    enum kh_command_type type = (enum kh_command_type)any(KH_COMMANDS);
    bool ends = type == KH_CMD_SITTING_CLOSE || type == KH_CMD_SESSION_CLOSE ||
                type == KH_CMD_SITTING_SUSPEND || type == KH_CMD_CHECK_OUT;

    if (state->phase == KH_PHASE_BREAK && any(5) == 0)
        return KH_CMD_SESSION_CLOSE;
    if ((ends && state->phase == KH_PHASE_SITTING && any(4)) ||
        (state->phase != KH_PHASE_SITTING && any(3)))
        return onward[state->phase];
    switch (any(11)) {
    case 0:
    case 1:
    case 10:
        return KH_CMD_FLOOR_REQUEST;
    case 2:
        return KH_CMD_VOTE_CAST;
    case 3:
        return KH_CMD_CHECK_IN;
    case 4:
        return KH_CMD_FLOOR_NEXT;
    case 5:
        return next_secret(state);
    default:
        return type;
    }
}

static kh_person some_actor(const struct people *p, enum kh_command_type type)
{
    uint32_t roles = kh_command_table[type].roles;

    if (any(10) == 0)
        return somebody(&p->state);
    if (p->state.committee.n > 0 &&
        ((type >= KH_CMD_COMMITTEE_JOIN && type <= KH_CMD_COMMITTEE_COMPLAIN) ||
         type == KH_CMD_VOTE_UNSEAL))
        return p->state.committee.members[any(p->state.committee.n)].person;
    if (roles == KH_ROLE_SERVER)
        return KH_NOBODY;
    if (roles == KH_ROLE_CHAIR)
        return people_who(p, "chair");
    if (roles & KH_ROLE_SECRETARY && any(3) == 0)
        return people_who(p, any(2) ? "sec" : "sec2");
    return (kh_person)(8 + any(DELEGATES));
}

static struct kh_command some_command(struct people *p)
{
    struct kh_command command = { .at_ms = p->now_ms };

    command.type = some_type(&p->state);
    command.actor = some_actor(p, command.type);
    const struct kh_command_info *info = &kh_command_table[command.type];
    for (unsigned i = 0; i < KH_F_settings; i++) /* the last field, of no command */
        if (info->required >> i & 1 || (info->optional >> i & 1 && any(2)) || any(2000) == 0)
            fill_field(p, &command, (enum kh_field)i);
    if (command.type == KH_CMD_LOT_DRAW && any(9))
        snprintf(command.seed, sizeof(command.seed), "%064x", any(100000));
    if (command.type == KH_CMD_LOT_DRAW && any(3))
        command.f.present &= ~KH_BIT(vote);
    if (any(3) == 0)
        snprintf(command.key, sizeof(command.key), "k%u", any(5000));
    return command;
}

static void vary_terms(struct people *p, struct kh_ballot *ballot)
{
    p->terms = (struct kh_terms){ .rank = any(3) * 10,
                                  .priority = any(2),
                                  .pending = any(5) == 0,
                                  .limit_ms = any(3) ? 1000 + any(60000) : 0,
                                  .marks = { { 60000, 15000, 0 }, any(4) },
                                  .expiry = (enum kh_expiry)any(5),
                                  .grace_ms = any(10000),
                                  .overridden = any(9) == 0,
                                  .reason = { .code = "no" },
                                  .ballot = any(3) ? ballot : NULL };
    for (unsigned i = p->terms.marks.n; i < 3; i++)
        p->terms.marks.left_ms[i] = 0;
    p->ask.n_options = 2;
    p->ask.timeout_ms = any(2) ? any(30000) : 0;
    p->ask.roles = any(2) ? KH_ROLE_CHAIR : KH_ROLE_DELEGATE;
    p->ask.answer_default = any(2);
    ballot->select_max = 1 + any(2);
    ballot->timer_ms = any(2) ? any(40000) : 0;
    ballot->close_when_all_voted = any(2);
    ballot->eligible = (enum kh_eligible)any(3);
    ballot->change = (enum kh_change)any(3);
    ballot->secrecy = (enum kh_secrecy)any(4);
    ballot->tie = (enum kh_tie)any(8);
    ballot->proxies = any(2);
    ballot->form = any(2) ? KH_FORM_PAPER : KH_FORM_ELECTRONIC;
    ballot->n_subjects = any(3) == 0 ? 1 + any(5) : 0;
    for (unsigned s = 0; s < KH_SUBJECTS_MAX; s++) {
        ballot->subjects[s] = (struct kh_subject){ 0 };
        if (s < ballot->n_subjects)
            snprintf(ballot->subjects[s].id, KH_ID_BYTES, "s%u", s);
    }
}

/* --- what must always be true --- */

static void check_requests(const struct kh_state *state)
{
    uint32_t max = state->max_open ? state->max_open : KH_OPEN_DEFAULT;

    assert_true(kh_state_open_floors(state) <= max);
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (r->id == 0)
            continue;
        assert_true(r->id <= state->last_request);
        assert_true(r->person < state->n_members);
        assert_true(r->state >= KH_REQUEST_PENDING && r->state <= KH_REQUEST_GRANTED);
        assert_ptr_equal(kh_state_request(state, r->id), r); /* no id twice */
        if (r->state == KH_REQUEST_GRANTED)
            assert_ptr_equal(kh_state_speech(state, r->person), r); /* no two speeches */
        assert_int_equal(r->mic == KH_MIC_MUTED && r->state == KH_REQUEST_GRANTED,
                         r->muted_by_self || r->muted_by_chair || r->muted_by_clock ||
                             r->muted_by_pause);
    }
}

static void check_mics(const struct kh_state *state)
{
    for (unsigned i = 0; i < state->n_members; i++) {
        const struct kh_request *speech = kh_state_speech(state, (kh_person)i);
        enum kh_mic mic = kh_state_mic(state, (kh_person)i);
        if (mic == KH_MIC_LIVE)
            assert_true(speech && state->phase == KH_PHASE_SITTING && speech->mic == KH_MIC_LIVE);
        assert_int_equal(mic == KH_MIC_OFF, speech == NULL);
        if (state->phase == KH_PHASE_SUSPENDED && speech)
            assert_int_equal(speech->mic, KH_MIC_MUTED);
    }
}

static void check_votes(const struct kh_state *state)
{
    unsigned open = 0;

    for (unsigned i = 0; i < KH_VOTES_MAX; i++) {
        const struct kh_vote *vote = &state->votes[i];
        struct kh_counts c;
        uint32_t cast = 0;
        if (vote->id == 0)
            continue;
        open += vote->state == KH_VOTE_OPEN;
        for (unsigned m = 0; m < state->n_members; m++)
            cast += kh_bit_get(vote->cast, m);
        assert_int_equal(cast, vote->n_cast);
        if (vote->ballot.secrecy == KH_SECRECY_SECRET)
            assert_int_equal(cast, 0);
        kh_vote_count(state, vote, 0, &c);
        assert_int_equal(c.named[KH_COUNT_VALID] + c.named[KH_COUNT_INVALID],
                         c.named[KH_COUNT_CAST]);
        assert_true(c.named[KH_COUNT_ELIGIBLE] <= c.named[KH_COUNT_IN_OFFICE]);
        assert_true(c.named[KH_COUNT_CAST] <= c.named[KH_COUNT_IN_OFFICE]);
        if (vote->tally_confirmed_by != KH_NOBODY)
            assert_int_not_equal(vote->tally_by, vote->tally_confirmed_by);
    }
    assert_true(open <= 1);
}

static void check(const struct kh_state *state)
{
    check_requests(state);
    check_mics(state);
    check_votes(state);
    if (state->phase == KH_PHASE_CLOSED || state->phase == KH_PHASE_BREAK)
        assert_int_equal(kh_state_open_floors(state), 0);
    assert_true(kh_wakeup(state) >= state->at_ms || kh_wakeup(state) == INT64_MAX);
}

/* A refusal changes nothing; a batch has rising numbers. Comparing is slow: one in a few. */
static void step(struct people *p, struct kh_state *before)
{
    struct kh_command command = some_command(p);
    uint64_t seq = p->state.seq;
    uint32_t last_request = p->state.last_request;
    bool compare = any(50) == 0;

    if (compare)
        *before = p->state;
    enum kh_refusal refusal = people_do(p, &command);
    if (refusal != KH_REFUSAL_NONE)
        assert_int_equal(p->batch.n == 0 || p->state.seq == seq, true);
    if (refusal != KH_REFUSAL_NONE && compare)
        assert_memory_equal(before, &p->state, sizeof(*before));
    if (refusal == KH_REFUSAL_NONE)
        assert_int_equal(p->state.seq, seq + p->batch.n);
    for (unsigned i = 0; refusal == KH_REFUSAL_NONE && i < p->batch.n; i++)
        seen[p->batch.ev[i].type] = true;
    assert_true(p->state.last_request - last_request <= 1);
}

/* What the clock did is told in words. */
static void pass(struct people *p, int64_t ms)
{
    people_pass(p, ms);
    for (unsigned type = 0; type < KH_EVENTS; type++)
        seen[type] = seen[type] || strstr(p->said, kh_event_table[type].name);
}

static void run_seed(uint64_t seed, bool replay)
{
    static struct kh_state before;
    struct kh_ballot ballot = { .n_options = 3,
                                .options = { { "yes", "Tán thành", "For", KH_STAND_FOR },
                                             { "no", "", "", KH_STAND_AGAINST },
                                             { "blank", "", "", KH_STAND_BLANK } },
                                .select_min = 1,
                                .n_rules = 1,
                                .rules = { { KH_COUNT_FOR, KH_COUNT_CAST, 1, 2, true, "x" } } };

    seed_now = seed * 0x9e3779b97f4a7c15u + 1;
    struct people *p = people_create(DELEGATES, replay);
    KH_TEXT_SET(p->ask.option[0], "cut");
    KH_TEXT_SET(p->ask.option[1], "plus_60");
    p->ask.person = KH_NOBODY;
    for (unsigned i = 0; i < STEPS; i++) {
        vary_terms(p, &ballot);
        step(p, &before);
        if (any(4) == 0)
            pass(p, any(20) ? any(8000) : any(3600000));
        check(&p->state);
    }
    assert_true(p->state.seq > STEPS / 5); /* it was not all nonsense */
    if (replay) {
        struct kh_state *again = people_replay(p->journal);
        assert_memory_equal(again, &p->state, sizeof(*again));
        free(again);
    }
    people_destroy(p);
}

TEST(whatever_is_asked_the_state_stays_sound)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run_seed(seed, false);
    /* All that a command can make must have happened, or this test says little. */
    for (unsigned type = KH_EV_SESSION_OPENED; type <= KH_EV_PROCEDURE_STORED; type++)
        if (!seen[type] && type != KH_EV_VOTE_DECIDED) /* a tie is too rare; see test_revote */
            fail_msg("%s never happened", kh_event_table[type].name);
}

TEST(a_journal_read_back_makes_the_same_state_to_the_byte)
{
    for (uint64_t seed = 101; seed < 101 + SEEDS / 2; seed++)
        run_seed(seed, true);
}

/* A damaged journal: events that no decision made, in any order. */
TEST(events_that_do_not_fit_leave_a_sound_state)
{
    struct people *p = people_sitting(DELEGATES);

    seed_now = 7;
    for (unsigned i = 0; i < 20000; i++) {
        struct kh_event event = { .type = (enum kh_event_type)any(KH_EVENTS),
                                  .at_ms = ++p->now_ms,
                                  .actor = KH_NOBODY };
        event.f.person = (kh_person)(any(9) ? any(p->state.n_members) : any(65536));
        event.f.request = any(12);
        event.f.item = (kh_item)any(5);
        event.f.vote = any(4);
        event.f.ask = any(4);
        event.f.before = any(12);
        event.f.mic = (enum kh_mic)any(3);
        event.f.state = (enum kh_request_state)any(8);
        event.f.by = (kh_person)any(5);
        event.f.choice.n = any(60);
        event.f.max_open = any(3) ? 32 : UINT32_MAX;
        event.f.present = any(2) ? ~UINT64_C(0) : 0;
        event.seq = p->state.seq + 1;
        kh_apply(&p->state, &event);
        assert_true(kh_state_open_floors(&p->state) <= p->state.n_members);
        for (unsigned m = 0; m < p->state.n_members; m++)
            if (kh_state_mic(&p->state, (kh_person)m) == KH_MIC_LIVE)
                assert_true(kh_state_speech(&p->state, (kh_person)m) &&
                            p->state.phase == KH_PHASE_SITTING);
        kh_wakeup(&p->state);
    }
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(CASE(whatever_is_asked_the_state_stays_sound),
                        CASE(a_journal_read_back_makes_the_same_state_to_the_byte),
                        CASE(events_that_do_not_fit_leave_a_sound_state));
}
