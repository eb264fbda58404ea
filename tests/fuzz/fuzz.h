/* fuzz.h - the one function of a fuzz target, as libFuzzer calls it; replay.c calls it too.
 *
 * A target reads @data as hostile input, and uses KH_REQUIRE for what must hold of the result. */
#ifndef KH_TESTS_FUZZ_FUZZ_H
#define KH_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#endif
