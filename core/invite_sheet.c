#include "invite_sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { QUIET_MODULES = 4 }; /* ISO/IEC 18004, 6.3.8: the white border that readers need */

struct kh_invite_sheet {
    FILE *file;
    char *path, *temporary; /* it takes its name when it is whole */
    int hours;
};

static const char head[] =
    "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>Kỳ Họp: giấy mời đăng "
    "nhập</title>\n"
    "<style>\n"
    "@page{size:A4;margin:10mm}\n"
    "*{box-sizing:border-box}body{margin:0;font:10.5pt/1.35 'Source Sans 3','Noto "
    "Sans','Liberation Sans',sans-serif;color:#000}\n"
    "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(90mm,1fr));gap:4mm;padding:"
    "2mm}\n"
    "article{display:grid;grid-template-columns:38mm minmax(0,1fr);gap:4mm;align-items:center;"
    "min-height:64mm;padding:4mm;border:1px dashed #777;border-radius:3mm;break-inside:avoid}\n"
    "svg{display:block;width:38mm;height:38mm}h1{margin:0;font-size:8.5pt;font-weight:600;color:#"
    "333}\n"
    "h2{margin:1mm 0 0;font-size:13.5pt;line-height:1.2;overflow-wrap:anywhere}p{margin:.8mm 0}\n"
    ".code{font:700 12pt/1.3 'DejaVu Sans Mono','Liberation Mono',monospace;letter-spacing:.03em}\n"
    ".url{font-size:8.5pt;overflow-wrap:anywhere}.how{font-size:8.5pt;color:#333}\n"
    "</style></head><body><main>\n";

static void put_text(FILE *file, const char *text)
{
    char *safe = g_markup_escape_text(text ? text : "", -1);

    fputs(safe, file);
    g_free(safe);
}

static void put_element(FILE *file, const char *tag, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(file, "<%s>", tag);
    put_text(file, text);
    fprintf(file, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

/* Rows of dark modules as one path: each run is a rectangle one module high. */
static void put_modules(FILE *file, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + y * code->width;
        for (int x = 0; x < code->width; x++) {
            int from = x;
            while (x < code->width && (row[x] & 1))
                x++;
            if (x > from)
                fprintf(file, "M%d %dh%dv1h-%dz", from, y, x - from, x - from);
        }
    }
}

static void put_qr(FILE *file, const QRcode *code)
{
    int size = code->width + 2 * QUIET_MODULES;

    fprintf(file,
            "<svg viewBox=\"-%d -%d %d %d\" role=\"img\" aria-label=\"QR\" "
            "shape-rendering=\"crispEdges\"><path fill=\"#000\" d=\"",
            QUIET_MODULES, QUIET_MODULES, size, size);
    put_modules(file, code);
    fputs("\"/></svg>\n", file);
}

/* "ABCD-EFGH-…": easier to read and to type; the server leaves the dashes out. */
static void put_code(FILE *file, const char *code)
{
    fputs("<p class=\"code\">", file);
    for (size_t i = 0; code[i]; i++)
        fprintf(file, "%s%c", i > 0 && i % 4 == 0 ? "-" : "", code[i]);
    fputs("</p>\n", file);
}

static void put_card(FILE *file, const struct kh_invite_card *card, const QRcode *code, int hours)
{
    const char *mark = strstr(card->url, "#login=");

    fputs("<article>\n", file);
    put_qr(file, code);
    fputs("<div>\n", file);
    put_element(file, "h1", card->council);
    put_element(file, "h2", card->name);
    put_element(file, "p", card->title);
    char *about = g_strjoin(card->group && *card->group && card->seat && *card->seat ? " · " : "",
                            card->group ? card->group : "", card->seat ? card->seat : "", NULL);
    put_element(file, "p", about);
    g_free(about);
    put_element(file, "p", card->role);
    if (mark)
        put_code(file, mark + strlen("#login="));
    char *site = g_strndup(card->url, mark ? (size_t)(mark - card->url) : strlen(card->url));
    put_element(file, "p class=\"url\"", site);
    g_free(site);
    fprintf(file,
            "<p class=\"how\">Quét mã bằng máy ảnh, hoặc mở địa chỉ trên và nhập mã. Dùng một lần, "
            "trong "
            "%d giờ. Scan, or open the address and type the code. Good once, for %d hours.</p>\n",
            hours, hours);
    fputs("</div></article>\n", file);
}

enum kh_err kh_invite_sheet_open(const char *path, int hours, struct kh_invite_sheet **out,
                                 struct kh_error *error)
{
    char *temporary = g_strconcat(path, ".new", NULL);
    int fd = -1;

    if (g_unlink(temporary) == 0 || errno == ENOENT)
        fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        enum kh_err err = kh_err_set(error, KH_ERR_IO, "%s: %s", path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        g_free(temporary);
        return err;
    }
    struct kh_invite_sheet *sheet = g_new0(struct kh_invite_sheet, 1);
    *sheet = (struct kh_invite_sheet){ file, g_strdup(path), temporary, hours };
    fputs(head, file);
    *out = sheet;
    return KH_OK;
}

enum kh_err kh_invite_sheet_add(struct kh_invite_sheet *sheet, const struct kh_invite_card *card,
                                struct kh_error *error)
{
    QRcode *code = QRcode_encodeString8bit(card->url, 0, QR_ECLEVEL_M);

    if (!code)
        return kh_err_set(error, KH_ERR_INVALID, "no QR code of the address of %.60s: %s",
                          card->name, g_strerror(errno));
    put_card(sheet->file, card, code, sheet->hours);
    QRcode_free(code);
    return KH_OK;
}

enum kh_err kh_invite_sheet_close(struct kh_invite_sheet *sheet, bool is_complete,
                                  struct kh_error *error)
{
    enum kh_err err = KH_OK;

    if (!sheet)
        return KH_OK;
    fputs("</main></body></html>\n", sheet->file);
    bool is_whole = fflush(sheet->file) == 0 && !ferror(sheet->file);
    is_whole = fclose(sheet->file) == 0 && is_whole;
    if (is_complete && (!is_whole || g_rename(sheet->temporary, sheet->path) != 0))
        err = kh_err_set(error, KH_ERR_IO, "%s: %s", sheet->path, g_strerror(errno));
    if (err || !is_complete)
        (void)g_unlink(sheet->temporary);
    g_free(sheet->path);
    g_free(sheet->temporary);
    g_free(sheet);
    return err;
}
