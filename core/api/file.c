#include "api/http.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *suffix, *mime;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },
    { ".map", "application/json" },
    { ".webmanifest", "application/manifest+json" },
    { ".yaml", "application/yaml" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".csv", "text/csv; charset=utf-8" },
    { ".xml", "application/xml" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".jpg", "image/jpeg" },
    { ".jpeg", "image/jpeg" },
    { ".webp", "image/webp" },
    { ".ico", "image/x-icon" },
    { ".woff2", "font/woff2" },
    { ".wasm", "application/wasm" },
    { ".pdf", "application/pdf" },
    { ".ogg", "audio/ogg" },
    { ".opus", "audio/ogg" },
    { ".wav", "audio/wav" },
};

static const char *type_of(const char *path)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(path, types[i].suffix))
            return types[i].mime;
    return "application/octet-stream";
}

/* One step down; a dot at the start covers "..", "." and hidden files. */
static int step(int folder, const char *name, size_t length, int flags)
{
    char text[NAME_MAX + 1];

    if (length == 0 || length > NAME_MAX || *name == '.')
        return -1;
    memcpy(text, name, length);
    text[length] = '\0';
    return openat(folder, text, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

int kh_file_open(int folder, const char *path, struct stat *info)
{
    int at = dup(folder);

    while (at >= 0) {
        size_t length = strcspn(path, "/");
        bool is_last = path[length] == '\0';
        int next = step(at, path, length, is_last ? 0 : O_DIRECTORY);

        close(at);
        at = next;
        if (is_last)
            break;
        path += length + 1;
    }
    if (at >= 0 && (fstat(at, info) != 0 || !S_ISREG(info->st_mode))) {
        close(at);
        return -1;
    }
    return at;
}

/* Names that a bundler made from the content, NAME-HASH.EXT in assets/, never change. */
static bool is_hashed(const char *path)
{
    const char *dash, *dot;

    if (!g_str_has_prefix(path, "assets/"))
        return false;
    dot = strchr(strrchr(path, '/'), '.');
    if (!dot || dot - path < 9)
        return false;
    dash =
        dot - 9; /* Vite's hashes are 8 characters of base64url, which may hold dashes themselves */
    return *dash == '-';
}

struct found {
    int file;
    struct stat info;
    const char *name;
    bool is_gzip;
};

static bool accepts_gzip(struct kh_http *http)
{
    char text[256];

    return kh_http_header(http->wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, text, sizeof(text)) &&
           strstr(text, "gzip") && !strstr(text, "gzip;q=0");
}

static bool find(struct kh_http *http, const char *name, struct found *found)
{
    char gz[KH_HTTP_PATH_BYTES + 16];

    found->name = name;
    found->is_gzip = false;
    found->file = -1;
    if (accepts_gzip(http)) {
        g_snprintf(gz, sizeof(gz), "%s.gz", name);
        found->file = kh_file_open(http->api->web_fd, gz, &found->info);
        found->is_gzip = found->file >= 0;
    }
    if (found->file < 0)
        found->file = kh_file_open(http->api->web_fd, name, &found->info);
    return found->file >= 0;
}

static void etag_of(const struct found *found, char *text, size_t size)
{
    g_snprintf(text, size, "\"%llx-%llx-%lx%s\"", (long long)found->info.st_mtim.tv_sec,
               (long long)found->info.st_size, found->info.st_mtim.tv_nsec,
               found->is_gzip ? "-gz" : "");
}

static bool is_known(struct kh_http *http, const char *etag)
{
    char text[512];

    return kh_http_header(http->wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, text, sizeof(text)) &&
           (strcmp(text, "*") == 0 || strstr(text, etag));
}

static int send_found(struct kh_http *http, const struct found *found)
{
    char etag[80];
    struct kh_http_reply reply = {
        .status = 200,
        .mime = type_of(found->name),
        .cache = is_hashed(found->name) ? "public, max-age=31536000, immutable" : "no-cache",
        .extra = { { "etag:", etag }, { "vary:", "accept-encoding" } },
    };

    etag_of(found, etag, sizeof(etag));
    if (found->is_gzip)
        reply.extra[2] = (struct kh_http_header){ "content-encoding:", "gzip" };
    if (is_known(http, etag)) {
        reply.status = 304;
        reply.mime = NULL;
    }
    return kh_http_file(http, reply, found->file, 0, (uint64_t)found->info.st_size);
}

static const char no_pages[] =
    "<!doctype html><html lang=vi><meta charset=utf-8><title>Kỳ Họp</title><h1>Kỳ Họp</h1>"
    "<p>Máy chủ đang chạy, nhưng chưa có trang web: hãy dựng <code>web/</code> rồi đặt "
    "<code>web_root</code>.<p lang=en>The server runs, but the pages are not built: build "
    "<code>web/</code> and set <code>web_root</code>.</html>\n";

int kh_file_page(struct kh_http *http)
{
    const char *path = http->path + 1, *last = strrchr(http->path, '/') + 1;
    char html[KH_HTTP_PATH_BYTES + 8];
    struct found found;

    if (http->api->web_fd < 0) {
        struct kh_http_reply reply = { .status = 200, .mime = "text/html; charset=utf-8" };

        if (strcmp(http->path, "/") != 0)
            return kh_http_plain(http, 404, "not found");
        return kh_http_text(http, reply, g_string_new(no_pages));
    }
    g_snprintf(html, sizeof(html), "%s.html", path);
    if (*path && find(http, path, &found))
        return send_found(http, &found);
    /* A path without a dot is a place within the pages, not a file. */
    if (!strchr(last, '.') &&
        ((*path && find(http, html, &found)) || find(http, "index.html", &found)))
        return send_found(http, &found);
    return kh_http_plain(http, 404, "not found");
}

/* A single range of bytes (RFC 9110, 14.1.2). False: none, or a form that may be ignored. @at ==
 * @end afterwards: cannot be satisfied. */
static bool read_range(struct kh_http *http, uint64_t size, uint64_t *at, uint64_t *end)
{
    unsigned long long first, last;
    char text[64], rest;

    if (!kh_http_header(http->wsi, WSI_TOKEN_HTTP_RANGE, text, sizeof(text)))
        return false;
    if (sscanf(text, "bytes=-%llu%c", &last, &rest) == 1) {
        *at = last < size ? size - last : 0;
        *end = last ? size : *at;
    } else if (sscanf(text, "bytes=%llu-%llu%c", &first, &last, &rest) == 2 && first <= last) {
        *at = MIN(first, size);
        *end = last < size ? last + 1 : size;
    } else if (sscanf(text, "bytes=%llu-%c", &first, &rest) == 1 && g_str_has_suffix(text, "-")) {
        *at = MIN(first, size);
        *end = size;
    } else {
        return false;
    }
    return true;
}

/* Sends @file, or the range of it that was asked for; @reply's extra headers from @at on say so. */
static int send_ranged(struct kh_http *http, struct kh_http_reply reply, unsigned at,
                       const struct found *found)
{
    char range[80];
    uint64_t size = (uint64_t)found->info.st_size, from = 0, end = size;

    reply.extra[at++] = (struct kh_http_header){ "accept-ranges:", "bytes" };
    if (read_range(http, size, &from, &end)) {
        bool is_empty = from >= end;

        reply.status = is_empty ? 416 : 206;
        if (is_empty) {
            g_snprintf(range, sizeof(range), "bytes */%" G_GUINT64_FORMAT, size);
            from = end = 0;
        } else {
            g_snprintf(range, sizeof(range),
                       "bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, from,
                       end - 1, size);
        }
        reply.extra[at] = (struct kh_http_header){ "content-range:", range };
    }
    return kh_http_file(http, reply, found->file, from, end);
}

int kh_file_serve(struct kh_http *http, int folder, const char *path)
{
    struct found found = { .name = path };
    struct kh_http_reply reply = {
        .status = 200,
        .mime = type_of(path),
        .cache = "private, no-cache",
    };

    found.file = folder < 0 ? -1 : kh_file_open(folder, path, &found.info);
    if (found.file < 0)
        return kh_http_plain(http, 404, "not found");
    return send_ranged(http, reply, 0, &found);
}

/* What a browser may show of papers that others wrote: nothing that can hold a script, which would
 * run with the rights of our pages. */
static const struct {
    const char *suffix, *mime;
} shown[] = {
    { ".pdf", "application/pdf" },
    { ".png", "image/png" },
    { ".jpg", "image/jpeg" },
    { ".jpeg", "image/jpeg" },
    { ".webp", "image/webp" },
    { ".gif", "image/gif" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".md", "text/plain; charset=utf-8" },
    { ".csv", "text/plain; charset=utf-8" },
};

static const char *shown_type(const char *path)
{
    const char *dot = strrchr(path, '.');

    for (unsigned i = 0; dot && i < G_N_ELEMENTS(shown); i++)
        if (g_ascii_strcasecmp(dot, shown[i].suffix) == 0)
            return shown[i].mime;
    return NULL;
}

static int send_document(struct kh_http *http, const struct found *found, const char *how)
{
    const char *mime = shown_type(found->name);
    char etag[80];
    struct kh_http_reply reply = {
        .status = 200,
        .mime = mime ? mime : "application/octet-stream",
        .cache = "private, no-cache",
        .extra = { { "content-disposition:", how }, { "etag:", etag } },
    };

    etag_of(found, etag, sizeof(etag));
    if (!is_known(http, etag))
        return send_ranged(http, reply, 2, found);
    reply.status = 304;
    reply.mime = NULL;
    return kh_http_file(http, reply, found->file, 0, (uint64_t)found->info.st_size);
}

int kh_file_document(struct kh_http *http, int folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct found found = { .name = path };

    found.file = kh_file_open(folder, path, &found.info);
    if (found.file < 0)
        return kh_http_plain(http, 404, "not found");
    char *name = g_uri_escape_string(slash ? slash + 1 : path, NULL, FALSE);
    char *how = g_strdup_printf("%s; filename*=UTF-8''%s",
                                shown_type(path) ? "inline" : "attachment", name);
    int result = send_document(http, &found, how);

    g_free(how);
    g_free(name);
    return result;
}

int kh_file_asyncapi(struct kh_http *http)
{
    const char *path = http->api->config.asyncapi;
    struct kh_http_reply reply = { .status = 200, .mime = "application/yaml", .cache = "no-cache" };
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat info;

    if (file < 0)
        return kh_http_plain(http, 404, "not found");
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(file);
        return kh_http_plain(http, 404, "not found");
    }
    return kh_http_file(http, reply, file, 0, (uint64_t)info.st_size);
}
