#include "media/mixer/fifo.h"

#include "base/check.h"

#include <string.h>

enum { MASK = KH_FIFO_SAMPLES - 1 };

uint32_t kh_fifo_count(const struct kh_fifo *fifo)
{
    return fifo->write - fifo->read;
}

void kh_fifo_push(struct kh_fifo *fifo, const float *samples, uint32_t count)
{
    if (count > KH_FIFO_SAMPLES) {
        samples += count - KH_FIFO_SAMPLES;
        count = KH_FIFO_SAMPLES;
    }
    uint32_t room = KH_FIFO_SAMPLES - kh_fifo_count(fifo);
    if (count > room)
        fifo->read += count - room;

    uint32_t at = fifo->write & MASK;
    uint32_t first = count < KH_FIFO_SAMPLES - at ? count : KH_FIFO_SAMPLES - at;
    memcpy(fifo->ring + at, samples, first * sizeof(float));
    memcpy(fifo->ring, samples + first, (count - first) * sizeof(float));
    fifo->write += count;
}

void kh_fifo_push_front_zeros(struct kh_fifo *fifo, uint32_t count)
{
    KH_REQUIRE(count <= KH_FIFO_SAMPLES - kh_fifo_count(fifo));
    for (uint32_t i = 0; i < count; i++)
        fifo->ring[--fifo->read & MASK] = 0;
}

float kh_fifo_at(const struct kh_fifo *fifo, int32_t index)
{
    return fifo->ring[(fifo->read + (uint32_t)index) & MASK];
}

void kh_fifo_peek(const struct kh_fifo *fifo, float *out, uint32_t count)
{
    KH_REQUIRE(count <= kh_fifo_count(fifo));
    uint32_t at = fifo->read & MASK;
    uint32_t first = count < KH_FIFO_SAMPLES - at ? count : KH_FIFO_SAMPLES - at;
    memcpy(out, fifo->ring + at, first * sizeof(float));
    memcpy(out + first, fifo->ring, (count - first) * sizeof(float));
}

void kh_fifo_drop(struct kh_fifo *fifo, uint32_t count)
{
    KH_REQUIRE(count <= kh_fifo_count(fifo));
    fifo->read += count;
}
