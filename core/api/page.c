/* Documents that the engine writes or finds, and ballots that it takes: answered perhaps later,
 * from beside its own thread. */
#include "api/http.h"

#include "base/check.h"

enum { PATIENCE = 6 }; /* times timeout_s that a document may take */

static struct kh_http *take(struct kh_api_page *page)
{
    struct kh_http *http = page->http;

    g_queue_unlink(&page->api->pages, &page->link);
    if (http)
        http->page = NULL;
    return http;
}

/* A page that is just being asked for is freed by who asks. */
static void settle(struct kh_api_page *page, int result)
{
    if (page->is_asking)
        page->result = result;
    else
        g_free(page);
}

void kh_api_page_text(struct kh_api_page *page, unsigned status, GString *body, const char *mime)
{
    struct kh_http *http = take(page);
    int result = 0;

    if (!body) {
        body = g_string_new(status == 404 ? "not found\n" : "not available now, try again\n");
        mime = "text/plain; charset=utf-8";
    }
    if (!http)
        g_string_free(body, TRUE);
    else if (page->is_asking)
        result = kh_http_text(http, (struct kh_http_reply){ .status = status, .mime = mime }, body);
    else
        kh_http_late(http, status, mime, body);
    settle(page, result);
}

void kh_api_page_file(struct kh_api_page *page, int folder, const char *path)
{
    struct kh_http *http = take(page);

    KH_REQUIRE(page->is_asking && http);
    settle(page, kh_file_document(http, folder, path));
}

static void put(struct kh_api_page *page, const struct kh_principal *who)
{
    const struct kh_http *http = page->http;
    struct kh_api *api = page->api;

    if (http->method == KH_HTTP_POST)
        api->ops->post(api->user, page, http->path, http->posted->str);
    else
        api->ops->document(api->user, page, who, http->path);
}

static int ask(struct kh_http *http, const struct kh_principal *who)
{
    struct kh_api *api = http->api;
    struct kh_api_page *page = g_new0(struct kh_api_page, 1);

    page->api = api;
    page->http = http;
    page->link.data = page;
    page->is_asking = true;
    http->page = page;
    g_queue_push_tail_link(&api->pages, &page->link);
    lws_set_timeout(http->wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)api->config.timeout_s * PATIENCE);
    put(page, who);
    page->is_asking = false;
    if (http->page)
        return 0;
    int result = page->result;
    g_free(page);
    return result;
}

int kh_page_get(struct kh_http *http, const struct kh_principal *who)
{
    return ask(http, who);
}

int kh_page_post(struct kh_http *http)
{
    return ask(http, NULL);
}

void kh_page_forget(struct kh_http *http)
{
    if (http->page)
        http->page->http = NULL;
    http->page = NULL;
}

void kh_page_free_all(struct kh_api *api)
{
    while (api->pages.head) {
        struct kh_api_page *page = api->pages.head->data;

        take(page);
        g_free(page);
    }
}
