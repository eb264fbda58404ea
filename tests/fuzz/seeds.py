#!/usr/bin/python3
"""Writes the first inputs of the fuzz targets: samples of each format to start from."""

import base64
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
OFFERS = HERE.parent / "unit" / "edge" / "offers"


def write(target, name, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def attribute(kind, value):
    return struct.pack(">HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def stun(kind, body):
    return struct.pack(">HHI", kind, len(body), 0x2112A442) + b"transaction1" + body


RFC5769 = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e00"
    "01ff80290008932ff9b151263b36000600096576746a3a683676592020200008001 49aeaa70cbfd8cb56781ef2b5"
    "b2d3f249c1b571a280280004e57a3bcf".replace(" ", ""))
WHOLE = stun(1, attribute(6, b"0000abcdefgh:x") + attribute(0x24, b"\x6e\0\1\xff")
             + attribute(0x25, b"") + attribute(0x802A, bytes(8)) + attribute(8, bytes(20)))
MAPPED = stun(0x101, attribute(0x20, bytes.fromhex("0001a147e112a643"))
              + attribute(0x20, b"\0\2" + bytes(18)) + attribute(9, b"\0\0\4\x57"))
write("stun", "rfc5769_request", RFC5769)
write("stun", "binding_request", WHOLE)
write("stun", "answers", MAPPED)
write("stun", "unknown", stun(1, attribute(0x7FFE, b"x") * 12))

for offer in sorted(OFFERS.glob("*.sdp")):
    write("sdp", offer.stem, offer.read_bytes())
write("sdp", "nothing", b"v=0\r\n")

RTP = struct.pack(">BBHII", 0x80, 111, 1, 960, 7) + b"opus" * 10
REPORT = (struct.pack(">BBHI", 0x81, 200, 12, 5) + bytes(20) + bytes(24)
          + struct.pack(">BBHI", 0x81, 202, 3, 5) + b"\1\5kyhop\0")
write("rtp", "packet", RTP)
write("rtp", "extended", struct.pack(">BBHIIIHHI", 0xB1, 111, 2, 960, 7, 9, 0xBEDE, 1, 0) + b"a\0\0\3")
write("rtp", "report", REPORT)
write("rtp", "bye", struct.pack(">BBHI", 0x81, 203, 1, 5))


def frames(*packets):
    return b"".join(struct.pack(">H", len(p)) + p for p in packets)


write("tcp", "frames", frames(WHOLE, RTP, b"x"))
write("tcp", "cut", frames(WHOLE)[:-3])
write("tcp", "too_long", b"\xff\xff" + bytes(100))

HELLO_BODY = (bytes.fromhex("fefd") + bytes(32) + b"\0\0" + bytes.fromhex("0002c02b0100")
              + bytes.fromhex("0023" "000e0007000400080007 00".replace(" ", "")
                              + "000a00040002 0017".replace(" ", "")
                              + "000d00040002 0403".replace(" ", "") + "000b00020100"))


def hello(sequence, offset, part, total):
    message = (b"\1" + struct.pack(">I", total)[1:] + b"\0\0" + struct.pack(">I", offset)[1:]
               + struct.pack(">I", len(part))[1:] + part)
    return b"\x16\xfe\xfd\0\0" + struct.pack(">IH", 0, sequence) + struct.pack(">H", len(message)) + message


N = len(HELLO_BODY)
write("dtls", "hello", frames(hello(0, 0, HELLO_BODY, N)))
write("dtls", "hello_in_pieces", frames(hello(0, 0, HELLO_BODY[:20], N), hello(1, 20, HELLO_BODY[20:], N)))
write("dtls", "alert", frames(b"\x15\xfe\xfd" + bytes(8) + b"\0\2\1\0"))
write("dtls", "mixed", frames(hello(0, 0, HELLO_BODY, N), RTP, REPORT, WHOLE))


# Published boxes from the votes of the pages' tests; the other seeds of `box` are box_seeds.c's.
VECTORS = json.loads((HERE.parent / "box" / "vectors.json").read_text(encoding="utf-8"))


def published(vote, counted):
    """The box of a vote as GET /box/COUNCIL/VOTE tells it."""
    ceremony = VECTORS["ceremony"]
    papers = sorted(vote["papers"], key=lambda p: base64.urlsafe_b64decode(p["serial"] + "="))
    box = {k: vote[k] for k in ("vote", "paper_key", "paper_secret", "subjects", "options", "select",
                                "number", "hash")}
    box |= {"council": VECTORS["council"], "key": ceremony["key"], "needed": ceremony["needed"],
            "entries": [{k: p[k] for k in ("serial", "token", "ballot")} for p in papers],
            "members": [{"person": str(j), "key": m["key"]} for j, m in enumerate(ceremony["members"], 1)]}
    if counted:
        box |= {"counts": vote["counts"], "openings": [
            {"person": str(o["member"]), "opening": o["opening"]} for o in vote["openings"]]}
    return b"\3" + json.dumps(box, separators=(",", ":")).encode()


write("box", "published", published(VECTORS["votes"][0], True))
write("box", "published_unopened", published(VECTORS["votes"][0], False))
write("box", "no_json", b"\3{")
write("box", "identity", b"\4" + b"A" * 43)
