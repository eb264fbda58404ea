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


# Sittings as lines: what people do, entries of a journal, time. The first byte is the policy.
FLOOR = """d floor.request {"kind":"speech","note":"về ngân sách"}
e floor.request {"kind":"debate","target":"g"}
c floor.move {"request":2,"before":1}
c floor.next {}
d floor.support {"request":1}
c floor.grant {"person":"g","kind":"question"}
g mic.mute {}
c mic.unmute {"person":"g"}
s mic.mute_all {}
~31000
c floor.extend {"person":"e","by_ms":60000}
c floor.stop {"request":2}
c floor.resume {"request":2}
c floor.limit {"limit_ms":120000,"person":"e"}
- ask {"ask_text":{"code":"t","text":{"vi":"v","en":"e"},"options":[{"id":"cut","vi":"a","en":"b"},\
{"id":"more","vi":"c","en":"d"}],"roles":["secretary"],"timeout_ms":20000,"default":1},"request":2}
s floor.answer {"ask":1,"answer":"cut"}
e floor.release {}
c floor.revoke {"person":"g","note":"hết giờ"}
c floor.deny {"request":1,"note":"x"}
c list.close {}
c sitting.suspend {}
c sitting.resume {}
~90000
c sitting.close {}
c session.close {}
""".replace("\\\n", "")
VOTE = """c vote.open {"type":"resolution","question":"?","item":"a","subjects":[{"id":"x","name":"X"}]}
d vote.cast {"vote":1,"choice":"for"}
e vote.cast {"vote":1,"choice":["against"]}
d proxy.give {"target":"e"}
c vote.close {"vote":1}
c vote.open {"type":"t","question":"?"}
s vote.tally {"vote":2,"form":"show_of_hands","counts":{"for":2,"against":1}}
c vote.tally {"vote":2,"form":"show_of_hands","counts":{"for":2,"against":1}}
c vote.close {"vote":2}
c vote.decide {"vote":2,"choice":"for"}
c vote.reopen {"vote":2,"form":"roll_call"}
c vote.defer {"vote":2,"note":"n"}
c vote.cancel {"vote":1}
~40000
"""
POINT = "A" * 43
SECRET = f"""c committee.form {{"members":["c","d","e"],"needed":2}}
c committee.join {{"join":"{POINT}"}}
d committee.join {{"join":"{POINT}"}}
e committee.join {{"join":"{POINT}"}}
c committee.deal {{"deal":"AAAA"}}
d committee.deal {{"deal":"AAAA"}}
e committee.deal {{"deal":"AAAA"}}
e committee.complain {{"target":"d"}}
c committee.confirm {{}}
d committee.confirm {{}}
e committee.confirm {{}}
c vote.open {{"type":"elect","question":"?"}}
- vote.paper {{"vote":1,"paper_key":"{POINT}"}}
d vote.claim {{"vote":1,"paper":"{POINT}"}}
c vote.close {{"vote":1}}
- vote.box {{"vote":1,"number":1,"hash":"{"a" * 64}","paper_secret":"{POINT}"}}
d vote.unseal {{"vote":1,"opening":"AAAA"}}
- vote.count {{"vote":1,"counts":{{"for":1}}}}
c vote.close {{"vote":1}}
"""


# The journal of the first version, whole: +ACTOR TYPE BODY.
GOLDEN = (HERE.parent / "unit" / "wire" / "golden-1.jsonl").read_text(encoding="utf-8")
JOURNAL = "".join(f"+{actor or '-'} {kind} {body}\n"
                  for kind, actor, _, body in map(json.loads, GOLDEN.splitlines()))

write("wire", "floor", b"\6" + FLOOR.encode())
write("wire", "floor_neutral", b"\0" + FLOOR.encode())
write("wire", "floor_pending", b"\x1b" + FLOOR.encode())
write("wire", "vote", b"\0" + VOTE.encode())
write("wire", "vote_live", b"\x20" + VOTE.encode())
write("wire", "vote_totals", b"\x40" + VOTE.encode())
write("wire", "journal", b"\0" + JOURNAL.encode())
write("wire", "secret", b"\x60" + SECRET.encode())

write("roster", "plain", "id,name,roles\na,Nguyễn Văn An,chair delegate\nb,Bé,guest\n".encode())
write("roster", "whole", '\ufeffid,name,title,group,seat,birth,roles,weight,in_office,can_vote\r\n'
      'a,"Trần ""B"", C",T,G,12,1970-12-31,delegate,3,yes,no\r\n\r\n'
      "b,B,,,,,it operator,,,\r\n".encode())
write("roster", "twice", b"id,name,roles\na,A,guest\na,B,guest\n")
write("roster", "latin1", b"id,name,roles\na,Tr\xe1n,guest\n")
write("roster", "quote", b'id,name,roles\na,"A,guest\n')

for sitting in sorted((HERE.parent.parent / "plugins").glob("*/sittings/*.sitting")):
    text = sitting.read_bytes()
    if len(text) <= 4096:
        write("script", sitting.parts[-3] + "-" + sitting.stem, text)
write("script", "values", b'08:30:15.250 d2..d75,an x=7:00 y~"a \\" b" z=-1.5m => nothing\n  => end\n'
      b"date 2026-07-18\n")
write("script", "endless_range", b"people d18446744073709551610..d18446744073709551615 delegate\n")
write("script", "time_out_of_day", b"08:30:15.9e300 x clock\n08:30:15.9e18 x clock\n")
