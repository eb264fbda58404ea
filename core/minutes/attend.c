/* Who was there, from when to when (điểm danh, per sitting: procedures.md 1.2). */
#include "minutes/part.h"

#include <string.h>

static json_t *last_period(const struct kh_minutes_presence *p)
{
    return p->periods ? json_array_get(p->periods, json_array_size(p->periods) - 1) : NULL;
}

static void end_period(struct kh_minutes_presence *p, int64_t at_ms)
{
    json_t *period = last_period(p);

    if (period && !json_object_get(period, "to"))
        json_object_set_new(period, "to", kh_minutes_time(at_ms));
}

static void check_in(struct kh_minutes_presence *p, const struct kh_event *event)
{
    end_period(p, event->at_ms); /* a change between the hall and remote */
    if (!p->periods)
        p->periods = json_array();
    json_decref(p->excused);
    p->excused = NULL;
    json_array_append_new(p->periods, json_pack("{s:o, s:b}", "from", kh_minutes_time(event->at_ms),
                                                "remote", event->f.remote));
}

static void excuse(const struct kh_minutes *m, struct kh_minutes_presence *p,
                   const struct kh_event *event)
{
    end_period(p, event->at_ms);
    json_decref(p->excused);
    p->excused = json_pack("{s:o}", "at", kh_minutes_time(event->at_ms));
    kh_minutes_put_person(m, p->excused, "by", event->actor);
    kh_minutes_put_text(p->excused, "note", event->f.note);
}

bool kh_minutes_take_attendance(struct kh_minutes *m, const struct kh_event *event)
{
    if (event->type != KH_EV_CHECKED_IN && event->type != KH_EV_CHECKED_OUT &&
        event->type != KH_EV_EXCUSED)
        return false;
    if (event->f.person >= KH_PERSONS_MAX)
        return true;
    struct kh_minutes_presence *p = &m->presence[event->f.person];
    if (event->type == KH_EV_CHECKED_IN)
        check_in(p, event);
    else if (event->type == KH_EV_CHECKED_OUT)
        end_period(p, event->at_ms);
    else
        excuse(m, p, event);
    return true;
}

void kh_minutes_open_attendance(struct kh_minutes *m)
{
    for (unsigned i = 0; i < KH_PERSONS_MAX; i++) {
        struct kh_minutes_presence *p = &m->presence[i];
        json_t *last = last_period(p);
        json_t *open = last && !json_object_get(last, "to") ? json_incref(last) : NULL;
        if (p->periods)
            json_array_clear(p->periods);
        if (open)
            json_array_append_new(p->periods, open);
    }
}

void kh_minutes_forget_attendance(struct kh_minutes *m)
{
    for (unsigned i = 0; i < KH_PERSONS_MAX; i++) {
        json_decref(m->presence[i].periods);
        json_decref(m->presence[i].excused);
        m->presence[i] = (struct kh_minutes_presence){ NULL, NULL };
    }
}

/* --- the list --- */

static void end_periods(json_t *periods, int64_t at_ms)
{
    size_t i;
    json_t *period;

    json_array_foreach(periods, i, period)
    {
        if (!json_object_get(period, "to"))
            json_object_set_new(period, "to", kh_minutes_time(at_ms));
    }
}

static const char *status_of(const struct kh_minutes_presence *p)
{
    if (p->periods && json_array_size(p->periods) > 0)
        return "present";
    return p->excused ? "excused" : "absent";
}

static json_t *line_of(const struct kh_minutes *m, kh_person person, const char *status)
{
    const struct kh_minutes_presence *p = &m->presence[person];
    const struct kh_profile *profile = &m->state.members[person].profile;
    json_t *line = kh_minutes_person(m, person);

    json_object_del(line, "group"); /* it stands above */
    json_object_set_new(line, "status", json_string(status));
    json_object_set_new(line, "delegate", json_boolean(profile->roles & KH_ROLE_DELEGATE));
    if (p->periods)
        json_object_set_new(line, "periods", json_deep_copy(p->periods));
    if (p->excused)
        json_object_set_new(line, "excused", json_deep_copy(p->excused));
    return line;
}

static json_t *group_of(json_t *groups, const char *name)
{
    size_t i;
    json_t *group;

    json_array_foreach(groups, i, group)
    {
        if (strcmp(json_string_value(json_object_get(group, "name")), name) == 0)
            return json_object_get(group, "members");
    }
    group = kh_minutes_append(groups, json_pack("{s:s, s:[]}", "name", name, "members"));
    return json_object_get(group, "members");
}

static bool was_remote(const json_t *line)
{
    size_t i;
    json_t *period;

    json_array_foreach(json_object_get(line, "periods"), i, period)
    {
        if (json_is_true(json_object_get(period, "remote")))
            return true;
    }
    return false;
}

static void count(json_t *counts, const char *name, bool is_counted)
{
    json_int_t n = json_integer_value(json_object_get(counts, name));

    json_object_set_new(counts, name, json_integer(n + is_counted));
}

/* Delegates are listed also when they were not there, the others only when they were. */
json_t *kh_minutes_attendance(const struct kh_minutes *m, int64_t at_ms, bool ended)
{
    json_t *groups = json_array(), *counts = json_object();

    for (unsigned i = 0; i < m->state.n_members; i++) {
        const struct kh_member *member = &m->state.members[i];
        const char *status = status_of(&m->presence[i]);
        bool is_delegate = (member->profile.roles & KH_ROLE_DELEGATE) != 0;
        bool is_present = strcmp(status, "present") == 0;
        if (!is_delegate && !is_present)
            continue;
        json_t *line = line_of(m, (kh_person)i, status);
        if (ended)
            end_periods(json_object_get(line, "periods"), at_ms);
        json_array_append_new(group_of(groups, member->profile.group), line);
        count(counts, "in_office", kh_state_has_vote(member));
        count(counts, "present", is_delegate && is_present);
        count(counts, "remote", is_delegate && was_remote(line));
        count(counts, "excused", is_delegate && strcmp(status, "excused") == 0);
        count(counts, "absent", is_delegate && strcmp(status, "absent") == 0);
        count(counts, "guests", !is_delegate);
    }
    return json_pack("{s:o, s:o}", "counts", counts, "groups", groups);
}
