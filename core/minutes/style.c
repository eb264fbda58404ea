/* Which form the minutes take, and the way to it. */
#include "minutes/pen.h"

#include <string.h>

static const char *const formats[] = { "html", "csv", "json", "akn" };
static const char *const languages[] = { "vi", "en", "both" };

static int index_of(const char *const *list, unsigned n, const char *word)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return (int)i;
    return -1;
}

enum kh_err kh_minutes_style_read(const char *format, const char *language,
                                  struct kh_minutes_style *style, struct kh_error *error)
{
    int f = format ? index_of(formats, G_N_ELEMENTS(formats), format) : KH_MINUTES_HTML;
    int l = language ? index_of(languages, G_N_ELEMENTS(languages), language) : KH_MINUTES_VI;

    if (format && strcmp(format, "pdf") == 0)
        return kh_err_set(error, KH_ERR_UNSUPPORTED,
                          "format: pdf is not written here; take html and print it to PDF (A4 is "
                          "set), or run: chromium --headless --no-pdf-header-footer "
                          "--print-to-pdf=minutes.pdf minutes.html");
    if (f < 0)
        return kh_err_set(error, KH_ERR_INVALID, "format: html, csv, json or akn");
    if (l < 0)
        return kh_err_set(error, KH_ERR_INVALID, "lang: vi, en or both");
    style->format = (enum kh_minutes_format)f;
    style->language = (enum kh_minutes_language)l;
    style->zone = NULL;
    return KH_OK;
}

const char *kh_minutes_mime(enum kh_minutes_format format)
{
    static const char *const mimes[] = { "text/html; charset=utf-8", "text/csv; charset=utf-8",
                                         "application/json; charset=utf-8",
                                         "application/xml; charset=utf-8" };

    return mimes[format];
}

static void write_json(GString *out, const json_t *record)
{
    char *text = json_dumps(record, JSON_INDENT(2) | JSON_SORT_KEYS);

    g_string_append(out, text);
    g_string_append_c(out, '\n');
    free(text);
}

enum kh_err kh_minutes_write(const json_t *record, const struct kh_minutes_style *style,
                             GString *out, struct kh_error *error)
{
    struct kh_pen pen = { .out = out, .language = style->language };

    pen.zone = style->zone ? g_time_zone_new_identifier(style->zone) : g_time_zone_new_local();
    if (!pen.zone)
        return kh_err_set(error, KH_ERR_INVALID,
                          "tz: \"%.40s\" is no time zone; for example Asia/Ho_Chi_Minh",
                          style->zone);
    if (style->format == KH_MINUTES_JSON)
        write_json(out, record);
    else if (style->format == KH_MINUTES_CSV)
        kh_csv_write(&pen, record);
    else if (style->format == KH_MINUTES_AKN)
        kh_akn_write(&pen, record);
    else
        kh_html_write(&pen, record);
    g_time_zone_unref(pen.zone);
    return KH_OK;
}
