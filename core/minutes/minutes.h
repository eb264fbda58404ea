/* minutes.h - the minutes (biên bản) of a session, written from the journal's entries alone.
 *
 * Any one thread. Owns a state of its own, which it replays while the caller feeds it every entry
 * of one council from the first on; knows neither the journal nor its files. README.md describes
 * the record and its formats. */
#ifndef KH_MINUTES_MINUTES_H
#define KH_MINUTES_MINUTES_H

#include "base/err.h"
#include "wire/wire.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct kh_minutes;

enum { KH_MINUTES_HASH_BYTES = 32 };

/* What the journal does not know. */
struct kh_minutes_about {
    const char *council; /* the council's id */
    const char *vi, *en; /* its names; NULL: the id stands for them */
    uint32_t session;    /* 0: the newest */
};

/* An entry of the journal, borrowed for the call. */
struct kh_minutes_entry {
    uint64_t seq; /* 1, 2, 3 … */
    int64_t at_ms;
    struct kh_wire_entry body;
    uint8_t hash[KH_MINUTES_HASH_BYTES]; /* of the chain up to and with this entry */
};

/* @about is copied. */
struct kh_minutes *kh_minutes_create(const struct kh_minutes_about *about);
void kh_minutes_destroy(struct kh_minutes *minutes); /* accepts NULL */

/* Take the next entry. KH_ERR_CORRUPT or KH_ERR_NOT_FOUND: it cannot be read, nothing more can be
 * taken. */
enum kh_err kh_minutes_add(struct kh_minutes *minutes, const struct kh_minutes_entry *entry,
                           struct kh_error *error) KH_MUST_CHECK;

/* Has the end of the wanted session come? What follows in the journal would be ignored. */
bool kh_minutes_is_complete(const struct kh_minutes *minutes);

/* The record as it stands (README.md): new reference. KH_ERR_NOT_FOUND: no such session. Entries
 * may be added afterwards. */
enum kh_err kh_minutes_record(const struct kh_minutes *minutes, json_t **record,
                              struct kh_error *error) KH_MUST_CHECK;

/* --- the record in the forms that people use --- */

enum kh_minutes_format {
    KH_MINUTES_HTML,
    KH_MINUTES_CSV,
    KH_MINUTES_JSON,
    KH_MINUTES_AKN, /* Akoma Ntoso 3.0 (OASIS LegalDocML), debateReport */
    KH_MINUTES_FORMATS
};

enum kh_minutes_language { KH_MINUTES_VI, KH_MINUTES_EN, KH_MINUTES_BOTH };

struct kh_minutes_style {
    enum kh_minutes_format format;
    enum kh_minutes_language language; /* of HTML; AKN is in Vietnamese unless EN */
    const char *zone;                  /* IANA name of local time; NULL: the system's */
};

/* @format: "html", "csv", "json" or "akn"; @language: "vi", "en" or "both"; NULL: the default, html
 * and vi. KH_ERR_UNSUPPORTED for "pdf", with how to get one; else KH_ERR_INVALID. */
enum kh_err kh_minutes_style_read(const char *format, const char *language,
                                  struct kh_minutes_style *style,
                                  struct kh_error *error) KH_MUST_CHECK;

/* Append the text of @record. KH_ERR_INVALID: there is no such zone. */
enum kh_err kh_minutes_write(const json_t *record, const struct kh_minutes_style *style,
                             GString *out, struct kh_error *error) KH_MUST_CHECK;

/* Of a format, with its charset. Static text. */
const char *kh_minutes_mime(enum kh_minutes_format format);

#endif
