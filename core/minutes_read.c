#include "minutes_read.h"

#include "journal/chain.h"

#include <string.h>

/* A walk along the chain with the hash at each entry. */
struct walk {
    const char *council;
    uint8_t hash[KH_HASH_BYTES];
    struct kh_minutes *minutes;
    uint64_t seq, wanted; /* the newest seen; where to stop, 0: at the end */
    enum kh_err err;
    struct kh_error error;
};

static struct kh_text text_of(const char *at)
{
    return (struct kh_text){ at, strlen(at) };
}

/* The journal has checked the stored hash already; here it is computed to be known. */
static void step(struct walk *walk, const struct kh_entry *entry)
{
    struct kh_chain_link link = { .council = text_of(walk->council),
                                  .type = text_of(entry->type),
                                  .actor = text_of(entry->actor),
                                  .body = text_of(entry->body),
                                  .seq = entry->seq,
                                  .at_ms = entry->at_ms };

    memcpy(link.previous, walk->hash, KH_HASH_BYTES);
    kh_chain_hash(&link, walk->hash);
    walk->seq = entry->seq;
}

static bool read_entry(void *user, const struct kh_entry *entry)
{
    struct walk *walk = user;
    struct kh_minutes_entry next = { .seq = entry->seq,
                                     .at_ms = entry->at_ms,
                                     .body = { entry->type, entry->actor, entry->body } };

    step(walk, entry);
    memcpy(next.hash, walk->hash, KH_HASH_BYTES);
    walk->err = kh_minutes_add(walk->minutes, &next, &walk->error);
    return !walk->err && !kh_minutes_is_complete(walk->minutes);
}

enum kh_err kh_minutes_read(struct kh_journal *journal, const struct kh_minutes_about *about,
                            json_t **record, struct kh_error *error)
{
    struct walk walk = { .council = about->council, .minutes = kh_minutes_create(about) };
    enum kh_err err = kh_journal_read(journal, about->council, 1, read_entry, &walk, error);

    if (!err && walk.err)
        err = kh_err_set(error, walk.err, "%s", walk.error.text);
    if (!err && walk.seq == 0)
        err = kh_err_set(error, KH_ERR_NOT_FOUND, "the journal has no council \"%.40s\"",
                         about->council);
    if (!err)
        err = kh_minutes_record(walk.minutes, record, error);
    kh_minutes_destroy(walk.minutes);
    return err;
}

static bool check_entry(void *user, const struct kh_entry *entry)
{
    struct walk *walk = user;

    step(walk, entry);
    return walk->seq < walk->wanted;
}

static bool read_hash(const char *text, uint8_t hash[KH_HASH_BYTES])
{
    if (strlen(text) != 2 * (size_t)KH_HASH_BYTES)
        return false;
    for (unsigned i = 0; i < KH_HASH_BYTES; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        hash[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

enum kh_err kh_minutes_check(struct kh_journal *journal, const char *council, uint64_t seq,
                             const char *hash, struct kh_error *error)
{
    struct walk walk = { .council = council, .wanted = seq };
    uint8_t printed[KH_HASH_BYTES];

    if (seq == 0 || !read_hash(hash, printed))
        return kh_err_set(error, KH_ERR_INVALID,
                          "a number from 1 and a hash of 64 digits, as the minutes print them");
    enum kh_err err = kh_journal_read(journal, council, 1, check_entry, &walk, error);
    if (err)
        return err;
    if (walk.seq < seq)
        return kh_err_set(error, KH_ERR_NOT_FOUND,
                          "journal of council %s: there is no entry %" G_GUINT64_FORMAT, council,
                          seq);
    if (memcmp(walk.hash, printed, KH_HASH_BYTES) != 0)
        return kh_err_set(error, KH_ERR_CORRUPT,
                          "journal of council %s: entry %" G_GUINT64_FORMAT
                          " has another hash than the minutes",
                          council, seq);
    return KH_OK;
}
