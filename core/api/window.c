#include "api/window.h"

#include "base/check.h"

#include <string.h>

struct kh_window {
    unsigned size;
    uint64_t newest;
    struct kh_kept *kept; /* event seq at [seq % size] */
};

static void clear(struct kh_kept *kept)
{
    for (unsigned i = 0; i < kept->n_texts; i++) {
        g_free(kept->texts[i].person);
        kh_message_unref(kept->texts[i].message);
    }
    g_free(kept->texts);
    kh_message_unref(kept->withheld);
    *kept = (struct kh_kept){ 0 };
}

struct kh_window *kh_window_create(unsigned size)
{
    struct kh_window *window = g_new0(struct kh_window, 1);

    window->size = MAX(size, 1);
    window->kept = g_new0(struct kh_kept, window->size);
    return window;
}

void kh_window_destroy(struct kh_window *window)
{
    if (!window)
        return;
    for (unsigned i = 0; i < window->size; i++)
        clear(&window->kept[i]);
    g_free(window->kept);
    g_free(window);
}

static bool fits_all(const struct kh_view *view)
{
    return view->roles == 0 && !view->person;
}

static struct kh_message *withheld(uint64_t seq)
{
    json_t *params = json_pack("{s:I, s:s}", "seq", (json_int_t)seq, "type", "withheld");
    struct kh_message *message = kh_message_notification("event", params);

    json_decref(params);
    return message;
}

const struct kh_kept *kh_window_add(struct kh_window *window, uint64_t seq,
                                    const struct kh_view *views, unsigned n_views)
{
    struct kh_kept *kept = &window->kept[seq % window->size];

    KH_REQUIRE(seq > 0 && (window->newest == 0 || seq == window->newest + 1));
    clear(kept);
    kept->seq = seq;
    kept->n_texts = n_views;
    kept->texts = g_new0(struct kh_text, n_views);
    for (unsigned i = 0; i < n_views; i++) {
        kept->texts[i].roles = views[i].roles;
        kept->texts[i].person = g_strdup(views[i].person);
        kept->texts[i].message = kh_message_notification("event", views[i].params);
        kept->texts[i].is_running = views[i].is_running;
    }
    if (n_views == 0 || !fits_all(&views[n_views - 1]))
        kept->withheld = withheld(seq);
    window->newest = seq;
    return kept;
}

const struct kh_kept *kh_window_get(const struct kh_window *window, uint64_t seq)
{
    const struct kh_kept *kept = &window->kept[seq % window->size];

    return seq > 0 && kept->seq == seq ? kept : NULL;
}

uint64_t kh_window_newest(const struct kh_window *window)
{
    return window->newest;
}

const struct kh_text *kh_window_view(const struct kh_kept *kept, uint32_t roles, const char *person)
{
    for (unsigned i = 0; i < kept->n_texts; i++) {
        const struct kh_text *text = &kept->texts[i];

        if ((text->roles == 0 || (text->roles & roles)) &&
            (!text->person || strcmp(text->person, person) == 0))
            return text;
    }
    return NULL;
}

struct kh_message *kh_window_text(const struct kh_kept *kept, uint32_t roles, const char *person)
{
    const struct kh_text *text = kh_window_view(kept, roles, person);

    return text ? text->message : kept->withheld;
}
