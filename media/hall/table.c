/* The participants' table: by person, by exactly who may send, and by whom a bad packet names. */
#include "media/hall/internal.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Also used for addresses alone, with SSRC 0 and its own table. */
struct kh_hall_key {
    union kh_hall_address address;
    uint32_t ssrc;
};

static guint key_hash(gconstpointer pointer)
{
    const struct kh_hall_key *key = pointer;
    uint32_t hash = key->ssrc;

    if (key->address.any.sa_family == AF_INET6) {
        uint32_t words[4];
        memcpy(words, &key->address.v6.sin6_addr, sizeof(words));
        hash ^= words[0] ^ words[1] ^ words[2] ^ words[3] ^ key->address.v6.sin6_port;
    } else {
        hash ^= key->address.v4.sin_addr.s_addr ^ (uint32_t)key->address.v4.sin_port << 8;
    }
    return hash * 2654435761u;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    const struct kh_hall_key *x = a, *y = b;

    return x->ssrc == y->ssrc && kh_hall_same_address(&x->address, &y->address);
}

static void insert_key(GHashTable *table, const struct kh_hall_member *member, uint32_t ssrc,
                       kh_person person)
{
    struct kh_hall_key *key = g_new0(struct kh_hall_key, 1);

    key->address = member->address;
    key->ssrc = ssrc;
    g_hash_table_replace(table, key, GUINT_TO_POINTER(person + 1u));
}

bool kh_hall_table_init(struct kh_hall *hall)
{
    hall->entries = calloc(hall->persons_max, sizeof(*hall->entries));
    hall->place = calloc(hall->persons_max, sizeof(*hall->place));
    hall->counters = calloc(hall->persons_max, sizeof(*hall->counters));
    hall->by_key = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
    hall->by_address = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
    hall->by_ssrc = g_hash_table_new(g_direct_hash, g_direct_equal);
    if (!hall->entries || !hall->place || !hall->counters)
        return false;
    for (unsigned i = 0; i < hall->persons_max; i++)
        hall->place[i] = -1;
    return true;
}

void kh_hall_table_finish(struct kh_hall *hall)
{
    g_clear_pointer(&hall->by_key, g_hash_table_destroy);
    g_clear_pointer(&hall->by_address, g_hash_table_destroy);
    g_clear_pointer(&hall->by_ssrc, g_hash_table_destroy);
    free(hall->entries);
    free(hall->place);
    free(hall->counters);
}

static struct kh_hall_entry *entry_of(struct kh_hall *hall, kh_person person)
{
    return hall->place[person] < 0 ? NULL : &hall->entries[hall->place[person]];
}

/* Put the entries' names into the tables again, because several may share an address or SSRC. */
static void restore_names(struct kh_hall *hall)
{
    for (unsigned i = 0; i < hall->n_entries; i++) {
        const struct kh_hall_entry *entry = &hall->entries[i];
        insert_key(hall->by_address, &entry->member, 0, entry->person);
        g_hash_table_insert(hall->by_ssrc, GUINT_TO_POINTER(entry->member.ssrc_in),
                            GUINT_TO_POINTER(entry->person + 1u));
    }
}

static void remove_entry(struct kh_hall *hall, kh_person person)
{
    struct kh_hall_entry *entry = entry_of(hall, person);
    if (!entry)
        return;

    struct kh_hall_key key = { .address = entry->member.address, .ssrc = entry->member.ssrc_in };
    g_hash_table_remove(hall->by_key, &key);
    hall->n_entries--;
    struct kh_hall_entry *last = &hall->entries[hall->n_entries];
    if (entry != last) {
        *entry = *last;
        hall->place[entry->person] = (int)(entry - hall->entries);
    }
    hall->place[person] = -1;
    g_hash_table_remove_all(hall->by_address);
    g_hash_table_remove_all(hall->by_ssrc);
    restore_names(hall);
}

/* RFC 3550 section 5.1: a random start; below 32768, so that a receiver with SRTP or a slow start
 * never meets the first wrap early. */
static uint16_t random_sequence(void)
{
    uint16_t sequence = 0;
    ssize_t n = getrandom(&sequence, sizeof(sequence), GRND_NONBLOCK);
    (void)n; /* without chance it starts with 0, which is as good for plain RTP */
    return sequence & 0x7fff;
}

static void reset_counters(struct kh_hall_counters *counters)
{
    atomic_store(&counters->in, 0);
    atomic_store(&counters->out, 0);
    atomic_store(&counters->rejected, 0);
}

static void add_entry(struct kh_hall *hall, kh_person person, const struct kh_hall_member *member)
{
    int slot = -1;
    bool send = false;
    const struct kh_hall_entry *old = entry_of(hall, person);
    if (old) {
        slot = old->slot;
        send = old->send;
        remove_entry(hall, person);
    }

    struct kh_hall_entry *entry = &hall->entries[hall->n_entries];
    *entry = (struct kh_hall_entry){ .member = *member,
                                     .person = person,
                                     .slot = slot,
                                     .send = send,
                                     .sequence = random_sequence() };
    hall->place[person] = (int)hall->n_entries++;
    reset_counters(&hall->counters[person]);
    insert_key(hall->by_key, member, member->ssrc_in, person);
    insert_key(hall->by_address, member, 0, person);
    g_hash_table_insert(hall->by_ssrc, GUINT_TO_POINTER(member->ssrc_in),
                        GUINT_TO_POINTER(person + 1u));
}

static void route_entry(struct kh_hall *hall, const struct kh_hall_command *command)
{
    struct kh_hall_entry *entry = entry_of(hall, command->person);
    if (!entry)
        return;
    entry->slot = command->slot;
    entry->send = command->send && command->slot >= 0;
}

void kh_hall_table_apply(struct kh_hall *hall, const struct kh_hall_command *command)
{
    switch (command->verb) {
    case KH_HALL_ADD:
        add_entry(hall, command->person, &command->member);
        break;
    case KH_HALL_REMOVE:
        remove_entry(hall, command->person);
        break;
    case KH_HALL_ROUTE:
        route_entry(hall, command);
        break;
    case KH_HALL_STOP:
        break;
    }
    atomic_store(&hall->members, hall->n_entries);
}

struct kh_hall_entry *kh_hall_table_find(struct kh_hall *hall, const union kh_hall_address *from,
                                         uint32_t ssrc)
{
    struct kh_hall_key key = { .address = *from, .ssrc = ssrc };
    guint person = GPOINTER_TO_UINT(g_hash_table_lookup(hall->by_key, &key));

    return person == 0 ? NULL : entry_of(hall, (kh_person)(person - 1));
}

void kh_hall_table_reject(struct kh_hall *hall, const union kh_hall_address *from, uint32_t ssrc)
{
    struct kh_hall_key key = { .address = *from };
    guint person = GPOINTER_TO_UINT(g_hash_table_lookup(hall->by_address, &key));

    if (person == 0)
        person = GPOINTER_TO_UINT(g_hash_table_lookup(hall->by_ssrc, GUINT_TO_POINTER(ssrc)));
    if (person != 0)
        kh_hall_count(&hall->counters[person - 1].rejected);
    kh_hall_count(&hall->rejected);
}
