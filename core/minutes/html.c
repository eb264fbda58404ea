/* The page that is printed and signed: A4, everything in one file, nothing fetched. */
#include "minutes/pen.h"

#include <string.h>

static const char sheet[] =
    "@page{size:A4;margin:20mm 15mm 20mm 25mm}\n" /* margins of decree 30/2020/ND-CP */
    "body{font:12pt/1.4 'Times New Roman','Liberation Serif',Tinos,'Noto Serif',serif;color:#000;"
    "max-width:170mm;margin:0 auto;padding:4mm}\n"
    "@media print{body{max-width:none;padding:0}}\n"
    "header{display:flex;justify-content:space-between;gap:8mm;text-align:center;"
    "font-size:11pt}\nheader>div{flex:1}header .motto{font-weight:bold;border-bottom:1px "
    "solid;display:inline-block}\nheader strong{text-transform:uppercase}"
    "header div+div{flex:1.5;white-space:nowrap}\n"
    "h1{font-size:16pt;text-align:center;margin:8mm 0 1mm;text-transform:uppercase}\n"
    ".name{text-align:center;font-weight:bold;margin:0 0 5mm}\n"
    "h2{font-size:14pt;margin:8mm 0 2mm;border-bottom:1px solid #000;break-after:avoid}\n"
    "h3{font-size:12pt;margin:5mm 0 2mm;break-after:avoid}\n"
    ".draft{border:2px solid #000;padding:2mm;text-align:center;font-weight:bold;margin:4mm 0}\n"
    "table{border-collapse:collapse;width:100%;font-size:11pt}\n"
    "th,td{border:1px solid #777;padding:1mm 2mm;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}\nthead{display:table-header-group}thead th,tr.group th,tr.item th{"
    "background:#eee;print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
    "tr{break-inside:avoid}tr.vote{break-inside:auto}\n"
    "tr.item th{font-size:12pt;break-after:avoid}tr.group th{font-weight:bold}\n"
    ".time{white-space:nowrap;width:22mm;font-variant-numeric:tabular-nums}\n"
    ".number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    ".when{font-weight:normal;float:right}.label,.rule,.en{color:#444}\n"
    ".en{font-style:italic;font-size:92%}h1 .en,h2 .en,h3 .en,.signatures "
    ".en{display:block;font-size:"
    "75%;font-weight:normal;text-transform:none}\n"
    ".detail,.names,.outcome{margin-top:.5mm}.names{font-size:10pt}\n"
    "table.counts{width:auto;min-width:90mm;margin:1mm 0;font-size:10.5pt;break-inside:avoid}"
    "table.counts caption{text-align:left;font-weight:bold}\n"
    ".people td:first-child{width:32%}.people td:nth-child(2){width:26%}\n"
    ".sum::first-letter{text-transform:uppercase}.facts td:first-child{width:45mm}.facts "
    "td{border:0;padding:.5mm 2mm .5mm 0}\n"
    ".proof{margin-top:8mm;font-size:10pt;border-top:1px solid #000;padding-top:2mm;"
    "overflow-wrap:anywhere;break-inside:avoid}code{font:9pt 'Liberation Mono',monospace}\n"
    ".signatures{display:flex;justify-content:space-around;text-align:center;margin-top:12mm;"
    "min-height:45mm;break-inside:avoid}\n";

static void heading(struct kh_pen *pen, const char *level, const char *word)
{
    g_string_append_printf(pen->out, "<%s>", level);
    kh_pen_word(pen, "page", word);
    g_string_append_printf(pen->out, "</%s>\n", level);
}

/* --- the head --- */

static void title(struct kh_pen *pen, const json_t *record)
{
    const json_t *session = json_object_get(record, "session");
    enum kh_minutes_language language = pen->language;

    kh_pen_raw(pen, "<title>");
    pen->is_html = false; /* no markup in a title */
    pen->language = language == KH_MINUTES_BOTH ? KH_MINUTES_VI : language;
    kh_pen_word(pen, "page", "minutes");
    kh_pen_raw(pen, " – ");
    kh_pen_text(pen, kh_pen_string(session, "name"));
    kh_pen_raw(pen, " – ");
    kh_pen_both(pen, json_object_get(json_object_get(record, "council"), "name"));
    kh_pen_raw(pen, "</title>\n");
    pen->language = language;
    pen->is_html = true;
}

static void letterhead(struct kh_pen *pen, const json_t *record)
{
    kh_pen_raw(pen, "<header><div><strong>");
    kh_pen_both(pen, json_object_get(json_object_get(record, "council"), "name"));
    kh_pen_raw(pen, "</strong></div>");
    if (pen->language != KH_MINUTES_EN) {
        enum kh_minutes_language language = pen->language;
        pen->language = KH_MINUTES_VI;
        kh_pen_raw(pen, "<div><strong>");
        kh_pen_word(pen, "page", "state");
        kh_pen_raw(pen, "</strong><br><span class=\"motto\">");
        kh_pen_word(pen, "page", "motto");
        kh_pen_raw(pen, "</span></div>");
        pen->language = language;
    }
    kh_pen_raw(pen, "</header>\n");
}

static void fact(struct kh_pen *pen, const char *word)
{
    kh_pen_raw(pen, "<tr><td>");
    kh_pen_word(pen, "page", word);
    kh_pen_raw(pen, "</td><td>");
}

static void end_fact(struct kh_pen *pen)
{
    kh_pen_raw(pen, "</td></tr>\n");
}

static void zone_fact(struct kh_pen *pen, const json_t *at)
{
    const char *name = g_time_zone_get_identifier(pen->zone);
    int64_t ms = 0;

    (void)kh_wire_time_read(json_string_value(at), &ms);
    int interval = g_time_zone_find_interval(pen->zone, G_TIME_TYPE_UNIVERSAL, ms / 1000);
    int minutes = g_time_zone_get_offset(pen->zone, interval) / 60;
    fact(pen, "zone");
    kh_pen_text(pen, name);
    g_string_append_printf(pen->out, " (UTC%c%02d:%02d)", minutes < 0 ? '-' : '+',
                           ABS(minutes) / 60, ABS(minutes) % 60);
    end_fact(pen);
}

static void session_facts(struct kh_pen *pen, const json_t *record)
{
    const json_t *session = json_object_get(record, "session");

    kh_pen_raw(pen, "<table class=\"facts\">\n");
    fact(pen, "session_no");
    kh_pen_int(pen, kh_pen_number(session, "number"));
    end_fact(pen);
    fact(pen, "opened");
    kh_pen_date(pen, json_object_get(session, "opened_at"));
    end_fact(pen);
    fact(pen, "ended");
    if (json_object_get(session, "closed_at"))
        kh_pen_date(pen, json_object_get(session, "closed_at"));
    else
        kh_pen_word(pen, "page", "goes_on");
    end_fact(pen);
    zone_fact(pen, json_object_get(session, "opened_at"));
    fact(pen, "procedure");
    kh_pen_text(pen, kh_pen_string(session, "procedure"));
    end_fact(pen);
    kh_pen_raw(pen, "</table>\n");
}

static void head(struct kh_pen *pen, const json_t *record)
{
    g_string_append_printf(pen->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n",
                           pen->language == KH_MINUTES_EN ? "en" : "vi");
    kh_pen_raw(pen, "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                    "content=\"width=device-width\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'\">\n");
    title(pen, record);
    kh_pen_raw(pen, "<style>\n");
    kh_pen_raw(pen, sheet);
    kh_pen_raw(pen, "</style>\n</head>\n<body>\n");
    letterhead(pen, record);
    heading(pen, "h1", "minutes");
    kh_pen_raw(pen, "<p class=\"name\">");
    kh_pen_text(pen, kh_pen_string(json_object_get(record, "session"), "name"));
    kh_pen_raw(pen, "</p>\n");
    if (!json_is_true(json_object_get(record, "final"))) {
        kh_pen_raw(pen, "<p class=\"draft\">");
        kh_pen_word(pen, "page", "not_final");
        kh_pen_raw(pen, "</p>\n");
    }
    session_facts(pen, record);
}

/* --- attendance --- */

static void periods(struct kh_pen *pen, const json_t *member)
{
    const json_t *list = json_object_get(member, "periods");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *period = json_array_get(list, i);
        kh_pen_raw(pen, i ? "<br>" : "");
        kh_pen_clock(pen, json_object_get(period, "from"));
        kh_pen_raw(pen, "–");
        if (json_object_get(period, "to"))
            kh_pen_clock(pen, json_object_get(period, "to"));
        else
            kh_pen_raw(pen, "…");
        if (!json_is_true(json_object_get(period, "remote")))
            continue;
        kh_pen_raw(pen, " ");
        kh_pen_word(pen, "status", "remote");
    }
}

static void member_row(struct kh_pen *pen, const json_t *member)
{
    const char *note = kh_pen_string(json_object_get(member, "excused"), "note");

    kh_pen_raw(pen, "<tr><td>");
    kh_pen_name(pen, member);
    kh_pen_raw(pen, "</td><td>");
    kh_pen_text(pen, kh_pen_string(member, "title"));
    kh_pen_raw(pen, "</td><td>");
    kh_pen_word(pen, "status", kh_pen_string(member, "status"));
    if (note[0]) {
        kh_pen_raw(pen, ": ");
        kh_pen_text(pen, note);
    }
    kh_pen_raw(pen, "</td><td class=\"times\">");
    periods(pen, member);
    kh_pen_raw(pen, "</td></tr>\n");
}

static void columns(struct kh_pen *pen, const char *class, const char *const *words, unsigned n)
{
    g_string_append_printf(pen->out, "<table class=\"%s\">\n<thead><tr>", class);
    for (unsigned i = 0; i < n; i++) {
        kh_pen_raw(pen, "<th>");
        kh_pen_word(pen, "col", words[i]);
        kh_pen_raw(pen, "</th>");
    }
    kh_pen_raw(pen, "</tr></thead>\n<tbody>\n");
}

static void attendance_counts(struct kh_pen *pen, const json_t *counts)
{
    static const char *const words[] = { "in_office", "present", "remote",
                                         "excused",   "absent",  "guests" };

    kh_pen_raw(pen, "<p class=\"sum\">");
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        kh_pen_raw(pen, i ? "; " : "");
        kh_pen_word(pen, "count", words[i]);
        kh_pen_raw(pen, ": <strong>");
        kh_pen_int(pen, kh_pen_number(counts, words[i]));
        kh_pen_raw(pen, "</strong>");
    }
    kh_pen_raw(pen, ".</p>\n");
}

static void attendance(struct kh_pen *pen, const json_t *list)
{
    static const char *const words[] = { "name", "title", "status", "from_to" };
    const json_t *groups = json_object_get(list, "groups");

    heading(pen, "h3", "attendance");
    attendance_counts(pen, json_object_get(list, "counts"));
    columns(pen, "people", words, G_N_ELEMENTS(words));
    for (size_t g = 0; g < json_array_size(groups); g++) {
        const json_t *group = json_array_get(groups, g), *members;
        kh_pen_raw(pen, "<tr class=\"group\"><th colspan=\"4\">");
        if (kh_pen_string(group, "name")[0])
            kh_pen_text(pen, kh_pen_string(group, "name"));
        else
            kh_pen_word(pen, "att", "no_group");
        kh_pen_raw(pen, "</th></tr>\n");
        members = json_object_get(group, "members");
        for (size_t i = 0; i < json_array_size(members); i++)
            member_row(pen, json_array_get(members, i));
    }
    kh_pen_raw(pen, "</tbody></table>\n");
}

/* --- a sitting --- */

static void course(struct kh_pen *pen, const json_t *list, const char *word)
{
    static const char *const words[] = { "time", "what" };

    heading(pen, "h3", word);
    if (json_array_size(list) == 0) {
        kh_pen_raw(pen, "<p>");
        kh_pen_word(pen, "page", "none");
        kh_pen_raw(pen, "</p>\n");
        return;
    }
    columns(pen, "course", words, G_N_ELEMENTS(words));
    for (size_t i = 0; i < json_array_size(list); i++)
        kh_course_row(pen, json_array_get(list, i));
    kh_pen_raw(pen, "</tbody></table>\n");
}

static void not_heard_row(struct kh_pen *pen, const json_t *request)
{
    const json_t *reason = json_object_get(json_object_get(request, "reason"), "reason");
    const char *note = kh_pen_string(request, "note");

    kh_pen_raw(pen, "<tr><td class=\"time\">");
    kh_pen_clock(pen, json_object_get(request, "asked_at"));
    kh_pen_raw(pen, "</td><td>");
    kh_pen_person(pen, json_object_get(request, "person"));
    kh_pen_raw(pen, "</td><td>");
    kh_pen_word(pen, "kind", kh_pen_string(request, "kind"));
    if (kh_pen_string(request, "about")[0])
        kh_pen_raw(pen, ": ");
    kh_pen_text(pen, kh_pen_string(request, "about"));
    kh_pen_raw(pen, "</td><td>");
    kh_pen_word(pen, "how", kh_pen_string(request, "how"));
    kh_pen_raw(pen, reason ? " – " : "");
    kh_pen_both(pen, reason);
    kh_pen_raw(pen, note[0] ? " – " : "");
    kh_pen_text(pen, note);
    kh_pen_raw(pen, "</td></tr>\n");
}

static void not_heard(struct kh_pen *pen, const json_t *list)
{
    static const char *const words[] = { "time", "name", "kind", "how" };

    heading(pen, "h3", "not_heard");
    if (json_array_size(list) == 0) {
        kh_pen_raw(pen, "<p>");
        kh_pen_word(pen, "page", "none");
        kh_pen_raw(pen, "</p>\n");
        return;
    }
    columns(pen, "course", words, G_N_ELEMENTS(words));
    for (size_t i = 0; i < json_array_size(list); i++)
        not_heard_row(pen, json_array_get(list, i));
    kh_pen_raw(pen, "</tbody></table>\n");
}

static void sitting_name(struct kh_pen *pen, const json_t *s)
{
    kh_pen_word(pen, "page", "sitting");
    kh_pen_raw(pen, " ");
    kh_pen_int(pen, kh_pen_number(s, "number"));
    kh_pen_raw(pen, " – ");
    kh_pen_word(pen, "page", json_is_true(json_object_get(s, "closed")) ? "closed" : "public");
}

/* The whole line in Vietnamese, then the whole line in English. */
static void sitting_title(struct kh_pen *pen, const json_t *s)
{
    struct kh_pen one = *pen;

    kh_pen_raw(pen, "<h2>");
    one.language = pen->language == KH_MINUTES_EN ? KH_MINUTES_EN : KH_MINUTES_VI;
    sitting_name(&one, s);
    if (pen->language == KH_MINUTES_BOTH) {
        kh_pen_raw(pen, " <span class=\"en\" lang=\"en\">");
        one.language = KH_MINUTES_EN;
        sitting_name(&one, s);
        kh_pen_raw(pen, "</span>");
    }
    kh_pen_raw(pen, "</h2>\n");
}

static void sitting(struct kh_pen *pen, const json_t *s)
{
    const json_t *closed_at = json_object_get(s, "closed_at");

    kh_pen_raw(pen, "<section>\n");
    sitting_title(pen, s);
    kh_pen_raw(pen, "<table class=\"facts\">\n");
    fact(pen, "begun");
    kh_pen_date(pen, json_object_get(s, "opened_at"));
    kh_pen_raw(pen, " – ");
    kh_pen_name(pen, json_object_get(s, "opened_by"));
    end_fact(pen);
    fact(pen, "over");
    if (closed_at)
        kh_pen_date(pen, closed_at);
    else
        kh_pen_word(pen, "page", "goes_on");
    end_fact(pen);
    kh_pen_raw(pen, "</table>\n");
    attendance(pen, json_object_get(s, "attendance"));
    course(pen, json_object_get(s, "course"), "course");
    not_heard(pen, json_object_get(s, "not_heard"));
    kh_pen_raw(pen, "</section>\n");
}

/* --- the end --- */

static void open_trouble(struct kh_pen *pen, const char *type, int64_t number)
{
    kh_pen_raw(pen, "<li>");
    kh_pen_word(pen, "trouble", type);
    if (number > 0) {
        kh_pen_raw(pen, " (");
        kh_pen_word(pen, "page", "sitting");
        kh_pen_raw(pen, " ");
        kh_pen_int(pen, number);
        kh_pen_raw(pen, ")");
    }
}

static void trouble(struct kh_pen *pen, const json_t *t)
{
    open_trouble(pen, kh_pen_string(t, "type"), kh_pen_number(t, "sitting"));
    kh_pen_raw(pen, ": ");
    kh_pen_date(pen, json_object_get(t, "at"));
    if (json_object_get(t, "to")) {
        kh_pen_raw(pen, " – ");
        kh_pen_date(pen, json_object_get(t, "to"));
    }
    kh_pen_raw(pen, kh_pen_string(t, "name")[0] ? ": " : "");
    kh_pen_text(pen, kh_pen_string(t, "name"));
    kh_pen_raw(pen, kh_pen_string(t, "note")[0] ? " – " : "");
    kh_pen_text(pen, kh_pen_string(t, "note"));
    kh_pen_raw(pen, "</li>\n");
}

static void troubles(struct kh_pen *pen, const json_t *record)
{
    const json_t *list = json_object_get(record, "troubles");
    const json_t *sittings = json_object_get(record, "sittings");

    heading(pen, "h2", "troubles");
    kh_pen_raw(pen, "<ul>\n");
    size_t begun = pen->out->len;
    for (size_t i = 0; i < json_array_size(list); i++)
        trouble(pen, json_array_get(list, i));
    for (size_t i = 0; i < json_array_size(sittings); i++) {
        const json_t *s = json_array_get(sittings, i);
        if (json_array_size(json_object_get(s, "recordings")) > 0)
            continue;
        open_trouble(pen, "no_recording", kh_pen_number(s, "number"));
        kh_pen_raw(pen, "</li>\n");
    }
    if (pen->out->len == begun) {
        kh_pen_raw(pen, "<li>");
        kh_pen_word(pen, "page", "none");
        kh_pen_raw(pen, "</li>\n");
    }
    kh_pen_raw(pen, "</ul>\n");
}

static void proof(struct kh_pen *pen, const json_t *record)
{
    const json_t *journal = json_object_get(record, "journal");

    kh_pen_raw(pen, "<div class=\"proof\">");
    kh_pen_word(pen, "page", "journal");
    kh_pen_raw(pen, " <strong>");
    kh_pen_int(pen, kh_pen_number(journal, "seq"));
    kh_pen_raw(pen, "</strong> (");
    kh_pen_date(pen, json_object_get(journal, "at"));
    kh_pen_raw(pen, "). ");
    kh_pen_word(pen, "page", "hash");
    kh_pen_raw(pen, ":<br><code>");
    kh_pen_raw(pen, kh_pen_string(journal, "hash"));
    kh_pen_raw(pen, "</code><br>");
    kh_pen_word(pen, "page", "check");
    kh_pen_raw(pen, ": <code>kyhop verify DATA ");
    kh_pen_text(pen, kh_pen_string(json_object_get(record, "council"), "id"));
    kh_pen_raw(pen, " ");
    kh_pen_int(pen, kh_pen_number(journal, "seq"));
    kh_pen_raw(pen, " ");
    kh_pen_raw(pen, kh_pen_string(journal, "hash"));
    kh_pen_raw(pen, "</code></div>\n");
}

static void signature(struct kh_pen *pen, const char *word)
{
    kh_pen_raw(pen, "<div><strong>");
    kh_pen_word(pen, "page", word);
    kh_pen_raw(pen, "</strong><br>");
    kh_pen_word(pen, "page", "sign");
    kh_pen_raw(pen, "</div>");
}

void kh_html_write(struct kh_pen *pen, const json_t *record)
{
    const json_t *sittings = json_object_get(record, "sittings");
    const json_t *between = json_object_get(record, "between");

    pen->is_html = true;
    head(pen, record);
    for (size_t i = 0; i < json_array_size(sittings); i++)
        sitting(pen, json_array_get(sittings, i));
    if (json_array_size(between) > 0)
        course(pen, between, "between");
    troubles(pen, record);
    kh_pen_raw(pen, "<div class=\"signatures\">");
    signature(pen, "secretary");
    signature(pen, "chair");
    kh_pen_raw(pen, "</div>\n");
    proof(pen, record);
    kh_pen_raw(pen, "</body>\n</html>\n");
}
