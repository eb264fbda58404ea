/* kyhop.lua and roster.csv: what is right, and the line and words of whatever is wrong. */
#include "tests/unit/test.h"

#include "base/check.h"
#include "config/config.h"
#include "config/csv.h"
#include "config/roster.h"
#include "config/settings.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/kyhop-config-XXXXXX";
static char lua_path[64], csv_path[64];
static char report[16384];

#define ROSTER "id,name,roles\nc,Chủ tọa,chair delegate\nd1,Đại biểu,delegate\n"
#define COUNCIL                                                                                    \
    "{ id = \"hp\", name = { vi = \"HĐND\", en = \"Council\" }, procedure = \"p\",\n"             \
    "  roster = \"r.csv\" }"
#define COUNCILS "councils = {\n" COUNCIL " }"

static void put(const char *path, const char *text, size_t bytes)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, bytes, file), bytes);
    fclose(file);
}

/* All problems of a configuration, paths left out. */
static const char *check(const char *lua)
{
    static char shown[16384];

    put(lua_path, lua, strlen(lua));
    report[0] = shown[0] = '\0';
    unsigned n = kh_config_check(lua_path, report, sizeof(report));
    unsigned lines = 0;
    for (char *save, *line = strtok_r(report, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        const char *name = strrchr(folder, '/') + 1, *at = strstr(line, name);
        lines++;
        strncat(shown, at ? at + strlen(name) + 1 : line, 1000);
        strcat(shown, "\n");
    }
    assert_int_equal(n, lines);
    return shown;
}

static const char *with(const char *settings)
{
    static char lua[8192];

    snprintf(lua, sizeof(lua), "return {\n%s\n%s }\n", settings, COUNCILS);
    return check(lua);
}

#define CHECKS(lua, expected)    assert_string_equal(check(lua), (expected))
#define SETS(settings, expected) assert_string_equal(with(settings), (expected))

TEST(the_shipped_configuration_is_in_order)
{
    struct kh_config *config = NULL;
    struct kh_error error = { 0 };

    if (kh_config_load(SHIPPED, &config, &error))
        fail_msg("%s", error.text);
    const struct kh_council_config *council = kh_config_council(config, "hai-phong");
    assert_non_null(council);
    unsigned delegates = 0;
    for (unsigned i = 0; i < council->n_persons; i++)
        delegates += (council->persons[i].roles & KH_ROLE_DELEGATE) != 0;
    assert_int_equal(delegates, 75);
    assert_int_equal(council->n_items, 8);
    assert_true(council->record);
    assert_null(kh_config_council(config, "nowhere"));
    kh_config_free(config);
    kh_config_free(NULL);
}

/* config/kyhop.lua says that it shows every setting with its default. */
TEST(the_smallest_configuration_has_the_defaults_that_the_shipped_one_shows)
{
    struct kh_config *shipped = NULL, *small = NULL;

    put(lua_path, "return { " COUNCILS " }", strlen("return { " COUNCILS " }"));
    assert_int_equal(kh_config_load(SHIPPED, &shipped, NULL), KH_OK);
    assert_int_equal(kh_config_load(lua_path, &small, NULL), KH_OK);
    for (unsigned i = 0; i < kh_settings_n; i++) {
        const struct kh_setting *s = &kh_settings[i];
        size_t size = s->kind == KH_SETTING_INT    ? sizeof(int64_t)
                      : s->kind == KH_SETTING_BOOL ? sizeof(bool)
                                                   : s->size;
        if (s->kind != KH_SETTING_PATH)
            assert_memory_equal((char *)shipped + s->offset, (char *)small + s->offset, size);
    }
    assert_string_equal(small->media_address[0], shipped->media_address[0]);
    kh_config_free(shipped);
    kh_config_free(small);
}

/* listen.port = 3 as "listen = { port = 3 }". */
static const char *nested(const char *path, const char *value)
{
    static char text[512];
    char copy[128], *save, close[16] = "";

    snprintf(copy, sizeof(copy), "%s", path);
    text[0] = '\0';
    for (char *word = strtok_r(copy, ".", &save); word;) {
        char *next = strtok_r(NULL, ".", &save);
        strcat(text, word);
        strcat(text, next ? " = { " : " = ");
        strcat(close, next ? " }" : "");
        word = next;
    }
    strcat(text, value);
    strcat(text, close);
    strcat(text, ",");
    return text;
}

static void assert_problem(const struct kh_setting *s, const char *value, bool is_wrong)
{
    const char *says = with(nested(s->path, value));

    if (is_wrong && (!strstr(says, s->path) || strncmp(says, "k.lua:2: ", 9) != 0))
        fail_msg("%s = %s: \"%s\"", s->path, value, says);
    if (!is_wrong && says[0])
        fail_msg("%s = %s is fine, but: %s", s->path, value, says);
}

TEST(every_number_has_a_range_and_its_ends_are_inside)
{
    char value[32];

    for (unsigned i = 0; i < kh_settings_n; i++) {
        const struct kh_setting *s = &kh_settings[i];
        if (s->kind != KH_SETTING_INT)
            continue;
        for (int64_t step = 0; step < 2; step++) {
            snprintf(value, sizeof(value), "%" PRId64, s->min - step);
            assert_problem(s, value, step > 0);
            snprintf(value, sizeof(value), "%" PRId64, s->max + step);
            assert_problem(s, value, step > 0);
        }
        assert_problem(s, "1.5", true);
        assert_problem(s, s->standard, false);
    }
}

TEST(every_setting_refuses_a_value_of_another_type)
{
    for (unsigned i = 0; i < kh_settings_n; i++) {
        const struct kh_setting *s = &kh_settings[i];
        bool is_text = s->kind == KH_SETTING_TEXT || s->kind == KH_SETTING_PATH;
        assert_problem(s, is_text ? "5" : "\"5\"", true);
        assert_problem(s, "{ 1 }", true);
    }
}

TEST(a_setting_that_does_not_exist_is_named_with_its_line)
{
    SETS("listen = {\n  prot = 8080 },",
         "k.lua:3: listen.prot: there is no such setting (see config/kyhop.lua for all of them)\n");
    SETS("\n\nmedai = { slots = 3 },",
         "k.lua:4: medai: there is no such setting (see config/kyhop.lua for all of them)\n");
}

TEST(a_line_is_found_behind_comments_and_inside_longer_words)
{
    SETS("-- the port = 5 of listen = { matters\n"
         "listen = { allow_plain = true, -- important\n"
         "  port = 99999 },",
         "k.lua:4: listen.port: 0 to 65535 is possible, default 8080\n");
}

TEST(a_group_of_settings_has_to_be_a_table)
{
    SETS("listen = 8080,", "k.lua:2: listen: a table is wanted: { name = value, ... }\n");
    SETS("media = { opus = 9 },",
         "k.lua:2: media.opus: a table is wanted: { name = value, ... }\n");
}

TEST(addresses_are_addresses)
{
    SETS("media = { addresses = { \"10.0.0.1\", \"fe80::1\" } },", "");
    SETS("media = { addresses = {} },",
         "k.lua:2: media.addresses: a list of 1 to 8 addresses is wanted\n");
    SETS("media = { addresses = \"10.0.0.1\" },",
         "k.lua:2: media.addresses: a list of 1 to 8 addresses is wanted\n");
    SETS("media = { addresses = { \"hall\" } },",
         "k.lua:2: media.addresses: an IPv4 or IPv6 address in quotes is wanted\n");
    SETS("media = { addresses = { 7 } },",
         "k.lua:2: media.addresses: an IPv4 or IPv6 address in quotes is wanted\n");
    SETS("media = { public_address = \"x\" },",
         "k.lua:2: media.public_address: an IPv4 or IPv6 address in quotes is wanted\n");
    SETS("media = { ice_servers = \"stun:x\" },",
         "k.lua:2: media.ice_servers: a list of tables is wanted: { { urls = ... } }\n");
}

TEST(certificate_and_key_go_together)
{
    SETS("listen = { certificate = \"a.pem\" },",
         "k.lua:2: listen.certificate: certificate and key go together\n");
}

TEST(a_council_needs_its_name_procedure_and_roster)
{
    CHECKS("return { councils = {} }", "k.lua:1: councils: a list of 1 to 8 councils is wanted\n");
    CHECKS("return {}", "k.lua:1: councils: a list of 1 to 8 councils is wanted\n");
    CHECKS("return { councils = { { id = \"x\",\n roster = \"r.csv\" } } }",
           "k.lua:1: procedure: every council needs this text\n"
           "k.lua:1: vi: every council needs this text\n"
           "k.lua:1: en: every council needs this text\n");
    CHECKS("return { councils = { { id = \"x\", procedure = \"p\",\n"
           "name = { vi = \"v\", en = \"e\" } } } }",
           "k.lua:1: roster: every council needs a roster, e.g. roster = \"roster.csv\"\n");
    CHECKS("return { councils = { \"x\" } }",
           "k.lua:1: id: every council needs this text\n"
           "k.lua:1: procedure: every council needs this text\n"
           "k.lua:1: vi: every council needs this text\n"
           "k.lua:1: en: every council needs this text\n"
           "k.lua:1: roster: every council needs a roster, e.g. roster = \"roster.csv\"\n");
}

/* One council with one more line. */
static const char *council_with(const char *line)
{
    static char lua[4096];

    snprintf(lua, sizeof(lua),
             "return { councils = { { id = \"hp\", name = { vi = \"v\", en = \"e\" },\n"
             "procedure = \"p\", roster = \"r.csv\",\n%s } } }",
             line);
    return check(lua);
}

TEST(the_rest_of_a_council_is_checked_too)
{
    assert_string_equal(council_with("record = false, settings = { a = 1 }"), "");
    assert_string_equal(council_with("agenda = {}"), "");
    assert_string_equal(council_with("recrod = true"),
                        "k.lua:3: recrod: a council has no such setting\n");
    assert_string_equal(council_with("record = \"no\""),
                        "k.lua:3: record: true or false is wanted\n");
    assert_string_equal(council_with("settings = 5"),
                        "k.lua:3: settings: a table is wanted: { name = value, ... }\n");
    assert_string_equal(council_with("agenda = \"x\""),
                        "k.lua:3: agenda: a list of items is wanted: { { id = ..., title = ... } "
                        "}\n");
    assert_string_equal(
        council_with("agenda = { { id = \"a\", title = { vi = \"v\", en = \"e\" } },\n"
                     "{ id = \"a\", title = { vi = \"v\", en = \"e\" } } }"),
        "k.lua:3: agenda: the id \"a\" is there twice\n");
    assert_string_equal(
        council_with("agenda = { { id = \"a\", titel = 1, title = { vi = \"v\", en = \"e\" } } }"),
        "k.lua:3: titel: an agenda item has no such setting (it has id, kind and title)\n");
    CHECKS("return { councils = {\n" COUNCIL ",\n" COUNCIL " } }",
           "k.lua:1: councils: the id \"hp\" is there twice\n");
}

TEST(the_file_itself_can_be_wrong)
{
    CHECKS("return 5", "k.lua:1: it must return a table (return { … })\n");
    CHECKS("return { a = \n }", "k.lua:2: unexpected symbol near '}'\n");
    CHECKS("\nos.exit(1)", "k.lua:2: attempt to index a nil value (global 'os')\n");
    CHECKS("\nwhile true do end", "k.lua:2: the file does not end (a loop?)\n");
    CHECKS("local t = {}\nt.t = t\nreturn t",
           "k.lua:1: its tables are nested too deeply (does one hold itself?)\n");
    CHECKS("return { data = \"\\xff\" }", "k.lua:1: it has a text that is not UTF-8\n");
    CHECKS("local s = \"xxxxxxxx\"\nwhile true do s = s .. s end",
           "k.lua:1: it needs too much memory (a loop?)\n");
    CHECKS("local t, u = {}, {}\nfor i = 1, 400 do u[i] = i end\n"
           "for i = 1, 400 do t[i] = u end\nreturn { a = t }",
           "k.lua:1: it holds too many values\n");
    struct kh_config *config = NULL;
    struct kh_error error = { 0 };
    assert_int_equal(kh_config_load("/nowhere/k.lua", &config, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "/nowhere/k.lua"));
    assert_null(config);
}

TEST(binary_lua_is_not_run)
{
    assert_non_null(strstr(check("\x1bLua"), "binary"));
}

/* --- roster.csv --- */

static const char *roster_bytes(const char *csv, size_t bytes, unsigned *n)
{
    static struct kh_error error;
    struct kh_profile *persons = NULL;

    put(csv_path, csv, bytes);
    error = (struct kh_error){ 0 };
    *n = 0;
    if (kh_roster_load(csv_path, &persons, n, &error))
        return strstr(error.text, "r.csv") ? strstr(error.text, "r.csv") : error.text;
    free(persons);
    return "";
}

static const char *roster(const char *csv)
{
    unsigned n;

    return roster_bytes(csv, strlen(csv), &n);
}

TEST(a_mistake_in_the_roster_has_its_line)
{
    static const char *const rows[][2] = {
        { "", "r.csv:1: the first row must name the columns id, name and roles" },
        { "id,name\n", "r.csv:1: the first row must name the columns id, name and roles" },
        { "id,name,roles,colour\n",
          "r.csv:1: unknown column \"colour\" (known: id name title group seat birth roles weight "
          "in_office can_vote)" },
        { "id,id,name,roles\n", "r.csv:1: the column \"id\" is there twice" },
        { "id,name,roles\na,A,delegate\n\nb,B,king\n",
          "r.csv:4: unknown role \"king\" (chair delegate secretary guest operator display "
          "observer it)" },
        { "id,name,roles\na,A,server\n",
          "r.csv:2: unknown role \"server\" (chair delegate secretary guest operator display "
          "observer it)" },
        { "id,name,roles\na,A,\n", "r.csv:2: no role (e.g. delegate)" },
        { "id,name,roles\na,A,delegate\na,B,delegate\n", "r.csv:3: the id \"a\" is there twice" },
        { "id,name,roles\n,A,delegate\n", "r.csv:2: id and name must not be empty" },
        { "id,name,roles\na,,delegate\n", "r.csv:2: id and name must not be empty" },
        { "id,name,roles\n12345678901234567890123456789012,A,delegate\n",
          "r.csv:2: id is too long (at most 31 bytes)" },
        { "id,name,roles,in_office\na,A,delegate,ja\n", "r.csv:2: in_office: yes or no is wanted" },
        { "id,name,roles,weight\na,A,delegate,0\n",
          "r.csv:2: weight: a whole number from 1 to 1000000" },
        { "id,name,roles,weight\na,A,delegate,5x\n",
          "r.csv:2: weight: a whole number from 1 to 1000000" },
        { "id,name,roles,weight\na,A,delegate,-1\n",
          "r.csv:2: weight: a whole number from 1 to 1000000" },
        { "id,name,roles,weight\na,A,delegate,4294967297\n",
          "r.csv:2: weight: a whole number from 1 to 1000000" },
        { "id,name,roles,birth\na,A,delegate,31/12/1970\n",
          "r.csv:2: birth: a date like 1970-12-31, not \"31/12/1970\"" },
        { "id,name,roles,birth\na,A,delegate,1970-02-30\n",
          "r.csv:2: birth: a date like 1970-12-31, not \"1970-02-30\"" },
        { "id,name,roles\n\"a\",\"A\nB\",delegate\nb,B,king\n",
          "r.csv:4: unknown role \"king\" (chair delegate secretary guest operator display "
          "observer it)" },
        { "id,name,roles\na,Nguy\xea\xf1n,delegate\n",
          "r.csv:2: not UTF-8 (save the table as CSV UTF-8)" },
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(roster(rows[i][0]), rows[i][1]);
}

TEST(a_roster_with_a_nul_is_refused)
{
    unsigned n;

    assert_string_equal(roster_bytes("id,name,roles\na,A\0B,delegate\n", 30, &n),
                        "r.csv:2: not UTF-8 (save the table as CSV UTF-8)");
}

TEST(more_people_than_there_are_places_are_refused)
{
    char *csv = calloc(1, 64 * 1200), *at = csv;

    at += sprintf(at, "id,name,roles\n");
    for (unsigned i = 0; i < KH_PERSONS_MAX + 1; i++)
        at += sprintf(at, "p%u,P,delegate\n", i);
    assert_string_equal(roster(csv), "r.csv:1026: more than 1024 people");
    free(csv);
}

TEST(a_roster_is_read_with_quotes_newlines_and_a_byte_order_mark)
{
    static const char csv[] = "\xef\xbb\xbfroles,id,name,title,group,seat,birth,weight,in_office,"
                              "can_vote\r\n"
                              "chair  delegate,c,\"Nguyễn \"\"A\"\", ông\",\"Chủ\ntọa\",G1,S1,"
                              "1970-12-31,3,yes,no\r\n"
                              "\r\n"
                              "guest,g,Khách,,,,,,,\r\n"
                              "delegate,d,Đ";
    struct kh_profile *p = NULL;
    unsigned n = 0;

    put(csv_path, csv, sizeof(csv) - 1);
    assert_int_equal(kh_roster_load(csv_path, &p, &n, NULL), KH_OK);
    assert_int_equal(n, 3);
    assert_string_equal(p[0].name, "Nguyễn \"A\", ông");
    assert_string_equal(p[0].title, "Chủ\ntọa");
    assert_int_equal(p[0].roles, KH_ROLE_CHAIR | KH_ROLE_DELEGATE);
    assert_string_equal(p[0].birth, "1970-12-31");
    assert_int_equal(p[0].weight, 3);
    assert_true(p[0].in_office && !p[0].can_vote);
    assert_false(p[1].in_office || p[1].can_vote);
    assert_int_equal(p[1].weight, 1);
    assert_string_equal(p[2].name, "Đ");
    assert_true(p[2].in_office && p[2].can_vote);
    free(p);
}

TEST(a_roster_that_is_not_there_is_a_problem_of_the_council)
{
    const char *says = check("return { councils = { { id = \"hp\", name = { vi = \"v\", en = "
                             "\"e\" }, procedure = \"p\", roster = \"no.csv\" } } }");

    assert_non_null(strstr(says, "no.csv"));
    assert_non_null(strstr(says, "No such file"));
}

/* --- rows of CSV --- */

TEST(cells_are_cut_as_rfc_4180_says)
{
    char text[] = "a,b,\n\"x\"\"y\",\"1,2\",\"\"\n\n\r\n,\nlast,\"open\nto the end";
    struct kh_csv csv = { .rest = text };
    char *cells[KH_CSV_CELLS_MAX];

    assert_int_equal(kh_csv_row(&csv, cells), 3);
    assert_string_equal(cells[2], "");
    assert_int_equal(csv.line, 1);
    assert_int_equal(kh_csv_row(&csv, cells), 3);
    assert_string_equal(cells[0], "x\"y");
    assert_string_equal(cells[1], "1,2");
    assert_int_equal(kh_csv_row(&csv, cells), 2);
    assert_int_equal(csv.line, 5);
    assert_int_equal(kh_csv_row(&csv, cells), 2);
    assert_string_equal(cells[1], "open\nto the end");
    assert_int_equal(csv.line, 6);
    assert_int_equal(kh_csv_row(&csv, cells), 0);
    assert_int_equal(kh_csv_row(&csv, cells), 0);
}

TEST(cells_beyond_the_table_are_cut_off)
{
    char text[256] = "";
    struct kh_csv csv = { .rest = text };
    char *cells[KH_CSV_CELLS_MAX];

    for (unsigned i = 0; i < 100; i++)
        strcat(text, i ? ",x" : "x");
    assert_int_equal(kh_csv_row(&csv, cells), KH_CSV_CELLS_MAX);
    assert_int_equal(kh_csv_row(&csv, cells), 0);
}

static int removed(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

int main(void)
{
    KH_REQUIRE(mkdtemp(folder));
    snprintf(lua_path, sizeof(lua_path), "%s/k.lua", folder);
    snprintf(csv_path, sizeof(csv_path), "%s/r.csv", folder);
    put(csv_path, ROSTER, strlen(ROSTER));
    int failed = kh_run_tests(
        CASE(the_shipped_configuration_is_in_order),
        CASE(the_smallest_configuration_has_the_defaults_that_the_shipped_one_shows),
        CASE(every_number_has_a_range_and_its_ends_are_inside),
        CASE(every_setting_refuses_a_value_of_another_type),
        CASE(a_setting_that_does_not_exist_is_named_with_its_line),
        CASE(a_line_is_found_behind_comments_and_inside_longer_words),
        CASE(a_group_of_settings_has_to_be_a_table), CASE(addresses_are_addresses),
        CASE(certificate_and_key_go_together), CASE(a_council_needs_its_name_procedure_and_roster),
        CASE(the_rest_of_a_council_is_checked_too), CASE(the_file_itself_can_be_wrong),
        CASE(binary_lua_is_not_run), CASE(a_mistake_in_the_roster_has_its_line),
        CASE(a_roster_with_a_nul_is_refused), CASE(more_people_than_there_are_places_are_refused),
        CASE(a_roster_is_read_with_quotes_newlines_and_a_byte_order_mark),
        CASE(a_roster_that_is_not_there_is_a_problem_of_the_council),
        CASE(cells_are_cut_as_rfc_4180_says), CASE(cells_beyond_the_table_are_cut_off));
    nftw(folder, removed, 8, FTW_DEPTH | FTW_PHYS);
    return failed;
}
