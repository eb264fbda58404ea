/* test.h - the headers that cmocka wants in this order, and the shortest way to a test program.
 *
 *     TEST(members_wait_in_the_order_they_asked) { ... }
 *     int main(void)
 *     {
 *         return kh_run_tests(CASE(members_wait_in_the_order_they_asked));
 *     }
 */
#ifndef KH_TESTS_UNIT_TEST_H
#define KH_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* clang-format off */
#include <cmocka.h>
/* clang-format on */

#define TEST(name) static void name(void **state __attribute__((unused)))
#define CASE(name) cmocka_unit_test(name)

#define kh_run_tests(...)                                                                          \
    _cmocka_run_group_tests(__FILE__, (const struct CMUnitTest[]){ __VA_ARGS__ },                  \
                            sizeof((const struct CMUnitTest[]){ __VA_ARGS__ }) /                   \
                                sizeof(struct CMUnitTest),                                         \
                            NULL, NULL)

#endif
