/* What a written sitting says before its first command: settings, day, people, agenda. */
#include "base/text.h"
#include "rehearse_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *setting_value(const struct kh_word *word)
{
    const char *text = word->value;
    char *end;
    long long whole = strtoll(text, &end, 10);

    if (word->is_text)
        return json_string(text);
    if (*text && *end == '\0')
        return json_integer(whole);
    if (*text && text[strspn(text, "+-.0123456789eE")] == '\0') {
        double real = strtod(text, &end);
        if (*end == '\0' && isfinite(real))
            return json_real(real);
    }
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    return json_string(text);
}

bool kh_rehearse_set(struct kh_rehearse_run *r)
{
    if (r->procedure)
        return STOP(r, "set: write it before persons and items");
    for (unsigned i = 1; i < r->line.n; i++) {
        const struct kh_word *word = &r->line.word[i];
        if (!word->value || word->relation != '=')
            return STOP(r, "set: name=value is wanted, not '%s'", word->name);
        json_object_set_new(r->settings, word->name, setting_value(word));
    }
    return true;
}

bool kh_rehearse_date(struct kh_rehearse_run *r)
{
    int64_t day_ms;

    if (r->line.n != 2 || !kh_script_date(r->line.word[1].name, &day_ms))
        return STOP(r, "date: a day such as 2026-07-18 is wanted");
    if (day_ms < r->day_ms)
        return STOP(r, "date: time cannot go back");
    r->day_ms = day_ms;
    return true;
}

static bool read_roles(const char *text, uint32_t *roles)
{
    char word[KH_WORD_BYTES];

    *roles = 0;
    while (*text) {
        size_t bytes = strcspn(text, ",");
        int role;
        if (bytes >= sizeof(word))
            return false;
        memcpy(word, text, bytes);
        word[bytes] = '\0';
        role = kh_word_find(kh_role_words, word);
        if (role < 0)
            return false;
        *roles |= 1U << role;
        text += bytes + (text[bytes] == ',');
    }
    return *roles != 0;
}

struct people {
    struct kh_rehearse_run *r;
    struct kh_profile profile; /* of all of them */
    unsigned groups;
};

static bool enroll(void *user, const char *id, unsigned number)
{
    struct people *people = user;
    struct kh_rehearse_run *r = people->r;
    struct kh_profile profile = people->profile;
    struct kh_event event = { .type = KH_EV_PERSON_ENROLLED };

    KH_TEXT_SET(profile.id, id);
    if (profile.name[0] == '\0')
        snprintf(profile.name, sizeof(profile.name), "Đại biểu %u", number);
    if (people->groups)
        snprintf(profile.group, sizeof(profile.group), "Tổ %u", 1 + number % people->groups);
    if (kh_state_person(r->state, id) != KH_NOBODY)
        return STOP(r, "the person '%s' is there twice", id);
    if (r->state->n_members == KH_PERSONS_MAX)
        return STOP(r, "more than %d persons", KH_PERSONS_MAX);
    KH_SET(&event.f, person, (kh_person)r->state->n_members);
    KH_SET(&event.f, profile, &profile);
    kh_rehearse_record(r, &event);
    return true;
}

static bool read_trait(struct people *people, const struct kh_word *word)
{
    struct kh_profile *p = &people->profile;
    const char *value = word->value;

    if (strcmp(word->name, "group") == 0)
        KH_TEXT_SET(p->group, value);
    else if (strcmp(word->name, "groups") == 0)
        people->groups = (unsigned)strtoul(value, NULL, 10);
    else if (strcmp(word->name, "title") == 0)
        KH_TEXT_SET(p->title, value);
    else if (strcmp(word->name, "seat") == 0)
        KH_TEXT_SET(p->seat, value);
    else if (strcmp(word->name, "birth") == 0)
        KH_TEXT_SET(p->birth, value);
    else if (strcmp(word->name, "weight") == 0)
        p->weight = (uint32_t)strtoul(value, NULL, 10);
    else if (strcmp(word->name, "office") == 0)
        p->in_office = strcmp(value, "no") != 0;
    else if (strcmp(word->name, "vote") == 0)
        p->can_vote = strcmp(value, "no") != 0;
    else
        return false;
    return true;
}

/* person an "Nguyễn Văn An" chair,delegate group="Tổ 1"; people d2..d75 delegate groups=10 */
bool kh_rehearse_person(struct kh_rehearse_run *r)
{
    struct people people = { .r = r, .profile = { .weight = 1 } };
    const struct kh_word *word = r->line.word;
    bool is_one = strcmp(word[0].name, "person") == 0;
    unsigned at = is_one ? 3 : 2;

    if (r->line.n <= at || !read_roles(word[at].name, &people.profile.roles))
        return STOP(r, is_one
                           ? "person: an id, a \"name\" and roles such as chair,delegate are wanted"
                           : "people: ids such as d1..d75 and roles are wanted");
    if (is_one)
        KH_TEXT_SET(people.profile.name, word[2].name);
    people.profile.in_office = people.profile.can_vote =
        (people.profile.roles & KH_ROLE_DELEGATE) != 0;
    for (unsigned i = at + 1; i < r->line.n; i++)
        if (!word[i].value || !read_trait(&people, &word[i]))
            return STOP(r,
                        "unknown trait '%s' (group, groups, title, seat, birth, weight, "
                        "office, vote)",
                        word[i].name);
    if (!kh_rehearse_begin(r))
        return false;
    if (kh_script_range(word[1].name, enroll, &people))
        return true;
    return r->result == KH_REHEARSAL_SAME ? STOP(r, "'%s' is not a range of ids", word[1].name)
                                          : false;
}

/* item n1 "Báo cáo" "Report" kind=debate */
bool kh_rehearse_item(struct kh_rehearse_run *r)
{
    const struct kh_word *word = r->line.word;
    struct kh_item_text text = { .kind = "debate" };
    struct kh_event event = { .type = KH_EV_ITEM_ADDED };

    if (r->line.n < 4 || r->line.n > 5)
        return STOP(r, "item: an id and the title in Vietnamese and English are wanted");
    KH_TEXT_SET(text.id, word[1].name);
    KH_TEXT_SET(text.vi, word[2].name);
    KH_TEXT_SET(text.en, word[3].name);
    if (r->line.n == 5 && word[4].value && strcmp(word[4].name, "kind") == 0)
        KH_TEXT_SET(text.kind, word[4].value);
    else if (r->line.n == 5)
        return STOP(r, "item: kind=... is the only trait");
    if (!kh_rehearse_begin(r))
        return false;
    KH_SET(&event.f, item, (kh_item)r->state->n_items);
    KH_SET(&event.f, agenda_item, &text);
    kh_rehearse_record(r, &event);
    return true;
}
