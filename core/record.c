#include "record.h"

#include "journal/journal.h"
#include "transcript.h"
#include "wire/wire.h"

#include <glib.h>

struct record {
    struct kh_state state;
    struct kh_event event;
    struct kh_wire_room room;
    struct kh_transcript transcript;
    struct kh_error error;
    bool says_first; /* journals of the first version did not */
};

static bool each(void *user, const struct kh_entry *entry)
{
    struct record *r = user;
    struct kh_wire_entry body = { entry->type, entry->actor, entry->body };

    if (kh_wire_event_read(&r->state, &body, &r->event, &r->room, &r->error))
        return false;
    r->event.seq = entry->seq;
    r->event.at_ms = entry->at_ms;
    r->says_first = r->says_first || r->event.is_first;
    bool is_first =
        r->says_first ? r->event.is_first : kh_transcript_is_first(&r->transcript, &r->event);
    kh_apply(&r->state, &r->event);
    kh_transcript_event(&r->transcript, &r->state, &r->event, is_first);
    return true;
}

enum kh_err kh_record_transcript(const char *data, const char *council, FILE *out,
                                 struct kh_error *error)
{
    struct kh_journal *journal = NULL;
    enum kh_err err = kh_journal_open_readonly(data, &journal, error);
    if (err)
        return err;
    struct record *r = g_new0(struct record, 1);

    r->transcript.out = out;
    err = kh_journal_read(journal, council, 1, each, r, error);
    if (!err && r->error.code)
        err = kh_err_set(error, KH_ERR_CORRUPT, "entry %" G_GUINT64_FORMAT ": %s", r->state.seq + 1,
                         r->error.text);
    if (!err && r->state.seq == 0)
        err = kh_err_set(error, KH_ERR_NOT_FOUND, "the journal has no council \"%s\"", council);
    g_free(r);
    kh_journal_close(journal);
    return err;
}
