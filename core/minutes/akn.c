/* Akoma Ntoso 3.0 (OASIS LegalDocML 1.0), document type debateReport. */
#include "minutes/pen.h"

#include <string.h>

/* Persons of the record get ids that XML allows, in order of appearance. */
struct akn {
    struct kh_pen *pen;
    json_t *people; /* id -> number */
    json_t *names;  /* number -> person */
};

static void person_ref(struct akn *akn, const char *attribute, const json_t *person)
{
    const char *id = kh_pen_string(person, "id");

    if (!id[0])
        return;
    if (!json_object_get(akn->people, id)) {
        json_array_append(akn->names, (json_t *)person);
        json_object_set_new(akn->people, id, json_integer((json_int_t)json_array_size(akn->names)));
    }
    g_string_append_printf(akn->pen->out, " %s=\"#person-%d\"", attribute,
                           (int)json_integer_value(json_object_get(akn->people, id)));
}

static void time_attribute(struct kh_pen *pen, const char *name, const json_t *time)
{
    if (!time)
        return;
    g_string_append_printf(pen->out, " %s=\"", name);
    kh_pen_iso(pen, time);
    kh_pen_raw(pen, "\"");
}

/* --- the course --- */

static void speech(struct akn *akn, const json_t *entry)
{
    struct kh_pen *pen = akn->pen;
    const json_t *spent = json_object_get(entry, "spent_ms");

    kh_pen_raw(pen, "<speech");
    person_ref(akn, "by", json_object_get(entry, "person"));
    person_ref(akn, "to", json_object_get(entry, "target"));
    time_attribute(pen, "startTime", json_object_get(entry, "at"));
    time_attribute(pen, "endTime", json_object_get(entry, "ended_at"));
    kh_pen_raw(pen, "><from>");
    kh_pen_person(pen, json_object_get(entry, "person"));
    kh_pen_raw(pen, "</from><p>");
    kh_pen_word(pen, "kind", kh_pen_string(entry, "kind"));
    if (spent) {
        kh_pen_raw(pen, ", ");
        kh_pen_duration(pen, spent);
        kh_pen_raw(pen, ". ");
        kh_pen_word(pen, "end", kh_pen_string(entry, "end"));
    }
    if (kh_pen_string(entry, "note")[0])
        kh_pen_raw(pen, ": ");
    kh_pen_text(pen, kh_pen_string(entry, "note"));
    kh_pen_raw(pen, ".</p></speech>\n");
}

static void count(struct kh_pen *pen, const json_t *vote, size_t subject)
{
    const json_t *options = json_object_get(vote, "options");
    const json_t *counts =
        json_array_get(json_object_get(json_object_get(vote, "result"), "counts"), subject);
    const char *name =
        kh_pen_string(json_array_get(json_object_get(vote, "subjects"), subject), "name");

    kh_pen_raw(pen, "<p>");
    kh_pen_text(pen, name);
    kh_pen_raw(pen, name[0] ? ": " : "");
    for (size_t i = 0; i < json_array_size(options); i++) {
        const json_t *option = json_array_get(options, i);
        kh_pen_raw(pen, i ? "; " : "");
        kh_pen_both(pen, option);
        kh_pen_raw(pen, ": ");
        kh_pen_int(pen,
                   kh_pen_number(json_object_get(counts, "options"), kh_pen_string(option, "id")));
    }
    kh_pen_raw(pen, "</p>");
}

static void vote(struct akn *akn, const json_t *entry)
{
    struct kh_pen *pen = akn->pen;
    const json_t *result = json_object_get(entry, "result");
    bool is_other = strcmp(kh_pen_string(result, "outcome"), "other") == 0;
    const json_t *counts = json_object_get(result, "counts");

    kh_pen_raw(pen, "<p>");
    kh_pen_word(pen, "vote", "vote");
    kh_pen_raw(pen, ": ");
    kh_pen_text(pen, kh_pen_string(entry, "question"));
    kh_pen_raw(pen, "</p>");
    for (size_t s = 0; s < json_array_size(counts); s++)
        count(pen, entry, s);
    kh_pen_raw(pen, "<p>");
    if (result)
        kh_pen_word(pen, "outcome", kh_pen_string(result, is_other ? "word" : "outcome"));
    else
        kh_pen_word(pen, "state", kh_pen_string(entry, "state"));
    kh_pen_raw(pen, ". ");
    kh_pen_both(pen, json_object_get(result, "explanation"));
    kh_pen_raw(pen, "</p>\n");
}

static void scene(struct akn *akn, const json_t *entry)
{
    struct kh_pen *pen = akn->pen;

    kh_pen_raw(pen, "<scene>(");
    kh_pen_clock(pen, json_object_get(entry, "at"));
    kh_pen_raw(pen, " ");
    if (kh_pen_string(entry, "what")[0])
        kh_pen_word(pen, "what", kh_pen_string(entry, "what"));
    else if (json_object_get(entry, "item"))
        kh_pen_both(pen, json_object_get(json_object_get(entry, "item"), "title"));
    else
        kh_pen_both(pen, json_object_get(entry, "text"));
    kh_pen_raw(pen, ")</scene>\n");
}

static void sitting(struct akn *akn, const json_t *s)
{
    struct kh_pen *pen = akn->pen;
    const json_t *course = json_object_get(s, "course");
    int n = (int)kh_pen_number(s, "number");

    g_string_append_printf(pen->out,
                           "<debateSection name=\"sitting\" eId=\"dbsect_%d\"><num>%d"
                           "</num><heading>",
                           n, n);
    kh_pen_word(pen, "page", "sitting");
    kh_pen_raw(pen, " ");
    kh_pen_int(pen, n);
    kh_pen_raw(pen, ", ");
    kh_pen_date(pen, json_object_get(s, "opened_at"));
    kh_pen_raw(pen, "</heading>\n");
    for (size_t i = 0; i < json_array_size(course); i++) {
        const json_t *entry = json_array_get(course, i);
        const char *type = kh_pen_string(entry, "type");
        if (strcmp(type, "speech") == 0)
            speech(akn, entry);
        else if (strcmp(type, "vote") == 0)
            vote(akn, entry);
        else
            scene(akn, entry);
    }
    kh_pen_raw(pen, "</debateSection>\n");
}

/* --- the frame --- */

/* FRBR's three levels; @level is "Work", "Expression" or "Manifestation". */
static void frbr(struct kh_pen *pen, const json_t *record, const char *level, const char *tail)
{
    const json_t *session = json_object_get(record, "session");
    GString *uri = g_string_new("/akn/vn/debateReport/");
    const char *date = kh_pen_string(session, "opened_at");

    g_string_append_printf(uri, "%.10s/", date);
    g_string_append_uri_escaped(uri, kh_pen_string(json_object_get(record, "council"), "id"), NULL,
                                FALSE);
    g_string_append_printf(uri, "-%d%s", (int)kh_pen_number(session, "number"), tail);
    g_string_append_printf(pen->out,
                           "<FRBR%s><FRBRthis value=\"%s/!main\"/><FRBRuri value=\"%s\"/>"
                           "<FRBRdate date=\"%.10s\" name=\"session\"/>"
                           "<FRBRauthor href=\"#council\"/>",
                           level, uri->str, uri->str, date);
    g_string_free(uri, TRUE);
}

static void identification(struct kh_pen *pen, const json_t *record)
{
    const char *language = pen->language == KH_MINUTES_EN ? "eng" : "vie";
    char expression[16], manifestation[24];

    g_snprintf(expression, sizeof(expression), "/%s@", language);
    g_snprintf(manifestation, sizeof(manifestation), "/%s@.xml", language);
    kh_pen_raw(pen, "<meta><identification source=\"#kyhop\">\n");
    frbr(pen, record, "Work", "");
    kh_pen_raw(pen, "<FRBRcountry value=\"vn\"/></FRBRWork>\n");
    frbr(pen, record, "Expression", expression);
    g_string_append_printf(pen->out, "<FRBRlanguage language=\"%s\"/></FRBRExpression>\n",
                           language);
    frbr(pen, record, "Manifestation", manifestation);
    kh_pen_raw(pen, "<FRBRformat value=\"application/akn+xml\"/></FRBRManifestation>\n"
                    "</identification>\n");
}

static void references(struct akn *akn, const json_t *record)
{
    struct kh_pen *pen = akn->pen;
    const char *id = kh_pen_string(json_object_get(record, "council"), "id");

    kh_pen_raw(pen, "<references source=\"#kyhop\">\n<TLCOrganization eId=\"council\" "
                    "href=\"/akn/ontology/organization/");
    g_string_append_uri_escaped(pen->out, id, NULL, FALSE);
    kh_pen_raw(pen, "\" showAs=\"");
    kh_pen_both(pen, json_object_get(json_object_get(record, "council"), "name"));
    kh_pen_raw(pen,
               "\"/>\n<TLCOrganization eId=\"kyhop\" href=\"/akn/ontology/organization/kyhop\" "
               "showAs=\"Kỳ Họp\"/>\n");
    for (size_t i = 0; i < json_array_size(akn->names); i++) {
        const json_t *person = json_array_get(akn->names, i);
        g_string_append_printf(
            pen->out, "<TLCPerson eId=\"person-%d\" href=\"/akn/ontology/person/", (int)i + 1);
        g_string_append_uri_escaped(pen->out, kh_pen_string(person, "id"), NULL, FALSE);
        kh_pen_raw(pen, "\" showAs=\"");
        kh_pen_name(pen, person);
        kh_pen_raw(pen, "\"/>\n");
    }
    kh_pen_raw(pen, "</references></meta>\n");
}

static void preface(struct kh_pen *pen, const json_t *record)
{
    kh_pen_raw(pen, "<preface><p>");
    kh_pen_both(pen, json_object_get(json_object_get(record, "council"), "name"));
    kh_pen_raw(pen, "</p><p><docTitle>");
    kh_pen_word(pen, "page", "minutes");
    kh_pen_raw(pen, " – ");
    kh_pen_text(pen, kh_pen_string(json_object_get(record, "session"), "name"));
    kh_pen_raw(pen, "</docTitle></p>");
    if (!json_is_true(json_object_get(record, "final"))) {
        kh_pen_raw(pen, "<p>");
        kh_pen_word(pen, "page", "not_final");
        kh_pen_raw(pen, "</p>");
    }
    kh_pen_raw(pen, "</preface>\n");
}

static void conclusions(struct kh_pen *pen, const json_t *record)
{
    const json_t *journal = json_object_get(record, "journal");

    kh_pen_raw(pen, "<conclusions><p>");
    kh_pen_word(pen, "page", "journal");
    kh_pen_raw(pen, " ");
    kh_pen_int(pen, kh_pen_number(journal, "seq"));
    kh_pen_raw(pen, ". ");
    kh_pen_word(pen, "page", "hash");
    kh_pen_raw(pen, ": ");
    kh_pen_text(pen, kh_pen_string(journal, "hash"));
    kh_pen_raw(pen, "</p></conclusions>\n");
}

/* The body names the people who are listed before it, so it is written first. */
void kh_akn_write(struct kh_pen *pen, const json_t *record)
{
    const json_t *sittings = json_object_get(record, "sittings");
    struct akn akn = { pen, json_object(), json_array() };
    GString *whole = pen->out, *body = g_string_new("<mainBody>\n");

    pen->out = body;
    for (size_t i = 0; i < json_array_size(sittings); i++)
        sitting(&akn, json_array_get(sittings, i));
    if (json_array_size(sittings) == 0) {
        kh_pen_raw(pen, "<p>");
        kh_pen_word(pen, "page", "none");
        kh_pen_raw(pen, "</p>");
    }
    pen->out = whole;
    kh_pen_raw(pen, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<akomaNtoso xmlns=\""
                    "http://docs.oasis-open.org/legaldocml/ns/akn/3.0\">\n"
                    "<debateReport name=\"minutes\">\n");
    identification(pen, record);
    references(&akn, record);
    preface(pen, record);
    g_string_append_len(whole, body->str, (gssize)body->len);
    kh_pen_raw(pen, "</mainBody>\n");
    conclusions(pen, record);
    kh_pen_raw(pen, "</debateReport>\n</akomaNtoso>\n");
    g_string_free(body, TRUE);
    json_decref(akn.people);
    json_decref(akn.names);
}
