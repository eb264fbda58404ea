/* What comes in: only from exactly the joined address, with the joined SSRC and payload type. */
#include "media/hall/internal.h"

void kh_hall_input_init(struct kh_hall_input *input)
{
    for (unsigned i = 0; i < KH_HALL_RECEIVE; i++) {
        input->parts[i] =
            (struct iovec){ .iov_base = input->packets[i], .iov_len = sizeof(input->packets[i]) };
        input->messages[i].msg_hdr = (struct msghdr){ .msg_name = &input->from[i],
                                                      .msg_iov = &input->parts[i],
                                                      .msg_iovlen = 1 };
    }
}

/* RFC 5761 section 4: RTCP types 192 to 223 look like payload types 64 to 95. */
static bool is_rtcp(const uint8_t *packet, size_t bytes)
{
    return bytes >= 2 && packet[0] >> 6 == 2 && (packet[1] & 0x7f) >= 64 &&
           (packet[1] & 0x7f) <= 95;
}

static void take_packet(struct kh_hall *hall, const union kh_hall_address *from,
                        const uint8_t *packet, size_t bytes)
{
    struct kh_rtp rtp = { 0 };

    if (is_rtcp(packet, bytes))
        return;
    bool is_rtp = bytes <= KH_RTP_PACKET_MAX && kh_rtp_read(packet, bytes, &rtp);
    struct kh_hall_entry *entry = is_rtp ? kh_hall_table_find(hall, from, rtp.ssrc) : NULL;
    if (!entry || rtp.payload_type != entry->member.payload_type) {
        kh_hall_table_reject(hall, from, rtp.ssrc);
        return;
    }
    kh_hall_count(&hall->counters[entry->person].in);
    if (entry->send && hall->ops.on_rtp)
        hall->ops.on_rtp(hall->user, entry->member.source, (unsigned)entry->slot, packet, bytes);
}

int kh_hall_input_run(struct kh_hall *hall)
{
    struct kh_hall_input *input = &hall->input;

    for (unsigned i = 0; i < KH_HALL_RECEIVE; i++)
        input->messages[i].msg_hdr.msg_namelen = sizeof(input->from[i]);
    int n = recvmmsg(hall->fd, input->messages, KH_HALL_RECEIVE, MSG_DONTWAIT, NULL);
    if (n <= 0)
        return 0;
    /* A join that was answered before these packets were sent is known before they are judged. */
    kh_hall_take_commands(hall);
    for (int i = 0; i < n; i++)
        take_packet(hall, &input->from[i], input->packets[i], input->messages[i].msg_len);
    return n;
}
