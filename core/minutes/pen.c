#include "minutes/pen.h"

#include "minutes/words.h"

#include <string.h>

/* --- texts --- */

static bool is_xml_character(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

static void escape_character(GString *out, gunichar c)
{
    switch (c) {
    case '<':
        g_string_append(out, "&lt;");
        break;
    case '>':
        g_string_append(out, "&gt;");
        break;
    case '&':
        g_string_append(out, "&amp;");
        break;
    case '"':
        g_string_append(out, "&quot;");
        break;
    case '\'':
        g_string_append(out, "&#39;");
        break;
    default:
        g_string_append_unichar(out, is_xml_character(c) ? c : 0xfffd);
    }
}

void kh_pen_escape(GString *out, const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at))
        escape_character(out, g_utf8_get_char(at));
}

void kh_pen_raw(struct kh_pen *pen, const char *markup)
{
    g_string_append(pen->out, markup);
}

void kh_pen_text(struct kh_pen *pen, const char *text)
{
    if (!text || !text[0])
        return;
    kh_pen_raw(pen, pen->is_html ? "<bdi>" : "");
    kh_pen_escape(pen->out, text);
    kh_pen_raw(pen, pen->is_html ? "</bdi>" : "");
}

static void words(struct kh_pen *pen, const char *vi, const char *en)
{
    if (pen->language == KH_MINUTES_EN) {
        kh_pen_text(pen, en[0] ? en : vi);
        return;
    }
    kh_pen_text(pen, vi[0] ? vi : en);
    if (pen->language != KH_MINUTES_BOTH || !pen->is_html || !en[0] || strcmp(vi, en) == 0)
        return;
    kh_pen_raw(pen, " <span class=\"en\" lang=\"en\">");
    kh_pen_text(pen, en);
    kh_pen_raw(pen, "</span>");
}

void kh_pen_word(struct kh_pen *pen, const char *part, const char *word)
{
    char *key = g_strconcat(part, ".", word, NULL);
    const struct kh_words *known = kh_words_find(key);

    words(pen, known ? known->vi : word, known ? known->en : word);
    g_free(key);
}

void kh_pen_both(struct kh_pen *pen, const json_t *object)
{
    words(pen, kh_pen_string(object, "vi"), kh_pen_string(object, "en"));
}

void kh_pen_name(struct kh_pen *pen, const json_t *person)
{
    kh_pen_text(pen, kh_pen_string(person, "name"));
}

void kh_pen_person(struct kh_pen *pen, const json_t *person)
{
    const char *group = kh_pen_string(person, "group");

    kh_pen_name(pen, person);
    if (!group[0])
        return;
    kh_pen_raw(pen, " (");
    kh_pen_text(pen, group);
    kh_pen_raw(pen, ")");
}

/* --- numbers and times --- */

static void local(struct kh_pen *pen, const json_t *time, const char *format)
{
    int64_t ms;

    if (!json_is_string(time) || !kh_wire_time_read(json_string_value(time), &ms))
        return;
    GDateTime *utc = g_date_time_new_from_unix_utc(ms / 1000);
    GDateTime *here = utc ? g_date_time_to_timezone(utc, pen->zone) : NULL;
    char *text = here ? g_date_time_format(here, format) : NULL;
    if (text)
        g_string_append(pen->out, text);
    g_free(text);
    if (here)
        g_date_time_unref(here);
    if (utc)
        g_date_time_unref(utc);
}

void kh_pen_clock(struct kh_pen *pen, const json_t *time)
{
    local(pen, time, "%H:%M:%S");
}

void kh_pen_date(struct kh_pen *pen, const json_t *time)
{
    local(pen, time, pen->language == KH_MINUTES_EN ? "%H:%M:%S, %Y-%m-%d" : "%H:%M:%S, %d/%m/%Y");
}

void kh_pen_iso(struct kh_pen *pen, const json_t *time)
{
    local(pen, time, "%Y-%m-%dT%H:%M:%S%:z");
}

void kh_pen_int(struct kh_pen *pen, int64_t number)
{
    g_string_append_printf(pen->out, "%" G_GINT64_FORMAT, number);
}

void kh_pen_duration(struct kh_pen *pen, const json_t *ms)
{
    int64_t all = json_integer_value(ms), s = (all < 0 ? -all : all) / 1000;
    int hours = (int)(s / 3600), minutes = (int)(s / 60 % 60), seconds = (int)(s % 60);

    kh_pen_raw(pen, all < 0 ? "−" : "");
    if (hours > 0)
        g_string_append_printf(pen->out, "%d:%02d:%02d", hours, minutes, seconds);
    else
        g_string_append_printf(pen->out, "%d:%02d", minutes, seconds);
}

void kh_pen_share(struct kh_pen *pen, int64_t part, int64_t whole)
{
    if (whole <= 0)
        return;
    int64_t hundredths = (part * 10000 + whole / 2) / whole;
    g_string_append_printf(pen->out, "%d%c%02d %%", (int)(hundredths / 100),
                           pen->language == KH_MINUTES_EN ? '.' : ',', (int)(hundredths % 100));
}

/* --- the record --- */

const char *kh_pen_string(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

int64_t kh_pen_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

const json_t *kh_pen_by_id(const json_t *list, const char *id)
{
    size_t i;
    const json_t *entry;

    for (i = 0; i < json_array_size(list); i++) {
        entry = json_array_get(list, i);
        if (strcmp(kh_pen_string(entry, "id"), id) == 0)
            return entry;
    }
    return NULL;
}
