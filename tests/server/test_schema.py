#!/usr/bin/python3
"""Every message of a real sitting is one that asyncapi.yaml describes, and every method is called."""
import asyncio
import copy
import functools
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import unittest

import jsonschema
import yaml
from aiortc import RTCConfiguration, RTCPeerConnection

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from booth import COUNCIL, Committee, claim, get, post, sealed
from kyhop import ROOT, Person, RpcError, Server, open_sitting
from lib import main
from voice import Voice, run

# What no sitting can show: every event of today has a view for everybody (core/wire/view.c).
UNSEEN_EVENTS = {"withheld"}
# Fields that no case sets yet.
UNSEEN_FIELDS = {("floor.revoked", "reason"), ("floor.expired", "reason"),
                 ("procedure.failed", "reason"), ("notice", "person")}


def close_schemas(node):
    """Objects with listed members have no others. For clients that is open: new members may come."""
    if isinstance(node, dict):
        if "properties" in node and "additionalProperties" not in node:
            node["additionalProperties"] = False
        for child in node.values():
            close_schemas(child)
    elif isinstance(node, list):
        for child in node:
            close_schemas(child)


@functools.cache
def load():
    with open(os.path.join(ROOT, "core", "api", "asyncapi.yaml"), encoding="utf-8") as file:
        api = yaml.safe_load(file)
    close_schemas(api["components"])
    return api


class Described:
    """What asyncapi.yaml says, as judge of messages; keeps what it has seen."""

    def __init__(self):
        self.api = load()
        messages = self.api["components"]["messages"]
        names = {side: [ref["$ref"].rsplit("/", 1)[1] for ref in
                        self.api["channels"]["/"][side]["message"]["oneOf"]]
                 for side in ("publish", "subscribe")}
        self.requests = {messages[name]["name"]: messages[name] for name in names["publish"]}
        told = [messages[name] for name in names["subscribe"]]
        self.told = {m["name"]: m for m in told if "method" in m["payload"]["properties"]}
        self.events = {name for name, m in self.told.items()
                       if m["payload"]["properties"]["method"] == {"const": "event"}}
        self.resolver = jsonschema.RefResolver.from_schema(self.api)
        self.codes = {r["code"]: r for r in self.api["x-refusals"]}
        self.answered, self.seen, self.refused, self.members, self.problems = \
            set(), set(), set(), set(), []

    def fields(self, name):
        params = self.told[name]["payload"]["properties"]["params"]
        return set(params["properties"]) - {"actor"}

    def check(self, what, schema, message):
        validator = jsonschema.Draft7Validator(schema, resolver=self.resolver)
        for error in validator.iter_errors(message):
            path = "/".join(str(part) for part in error.absolute_path)
            self.problems.append(f"{what}: {path}: {error.message[:300]}")

    def take_answer(self, request, message):
        name = request["method"]
        if "error" in message:
            self.check(f"error of {name}", self.api["components"]["messages"]["Error"]["payload"],
                       message)
            self.take_refusal(name, message["error"])
            return
        if name not in self.requests:
            self.problems.append(f"{name}: a method that is not described")
            return
        self.check(f"request {name}", self.requests[name]["payload"], request)
        self.check(f"answer of {name}",
                   self.api["components"]["messages"]["Result"]["payload"]["properties"]["id"],
                   message["id"])
        self.check(f"result of {name}", self.requests[name]["x-result"], message["result"])
        if set(message) != {"jsonrpc", "id", "result"}:
            self.problems.append(f"{name}: the answer has {set(message)}")
        self.answered.add(name)
        self.members |= {(name, member) for member in message["result"]}

    def take_refusal(self, name, error):
        code = error.get("data", {}).get("code")
        self.refused.add(code)
        known = self.codes.get(code)
        if known and error["code"] != -32004 and known["rpc"] != error["code"]:
            self.problems.append(f"{name}: {code} came as {error['code']}")
        if known and "detail" not in error["data"] and \
                (known["reason"], known["rule"]) != (error["data"]["reason"], error["data"]["rule"]):
            self.problems.append(f"{name}: {code} has other words: {error['data']}")

    def take_notification(self, message):
        name = message["method"]
        if name == "event":
            name = message["params"]["type"]
        if name not in self.told:
            self.problems.append(f"{name}: a notification that is not described")
            return
        self.check(f"notification {name}", self.told[name]["payload"], message)
        self.seen.add(name)
        self.members |= {(name, member) for member in message["params"]}


class Tapped:
    """A socket whose messages go by the judge."""

    def __init__(self, socket, described):
        self.socket, self.described, self.asked = socket, described, {}

    async def send(self, text):
        request = json.loads(text)
        self.asked[request["id"]] = request
        await self.socket.send(text)

    async def close(self):
        await self.socket.close()

    async def __aiter__(self):
        async for text in self.socket:
            message = json.loads(text)
            if "method" in message:
                self.described.take_notification(message)
            else:
                self.described.take_answer(self.asked[message["id"]], message)
            yield text


class WatchedPerson(Person):
    """A person all of whose messages are judged."""
    described = None

    @property
    def socket(self):
        return self.tapped

    @socket.setter
    def socket(self, socket):
        self.tapped = Tapped(socket, self.described) if socket else None


class WatchedServer(Server):
    def __init__(self, described, **options):
        super().__init__(**options)
        self.described = described

    async def join(self, person, token=None, **hello):
        one = WatchedPerson(self, person, token or self.token(person))
        one.described = self.described
        return await one.connect(**hello)


class Sitting:
    """The people of the sitting and its parts, in their order."""

    def __init__(self, server, described):
        self.server, self.described = server, described

    async def begin(self):
        self.chair, self.clerk = await open_sitting(self.server, present=6)
        names = ("db02", "db03", "db04", "thuky2", "kythuat", "cntt", "manhinh")
        self.a, self.b, self.c, self.clerk2, self.operator, self.it, self.screen = \
            [await self.server.join(name) for name in names]

    async def attendance(self):
        await self.clerk.call("attendance.excuse", person="db70", note="ốm")
        await self.clerk.call("attendance.check_in", person="db60", remote=True)
        await self.clerk.call("attendance.check_out", person="db60")
        await self.a.refused("attendance.check_in")
        await self.a.call("proxy.give", target="db03")
        await self.a.call("proxy.end")
        await self.chair.call("agenda.finish", item="thao-luan")
        await self.chair.call("agenda.start", item="nghi-quyet", override=True, note="đổi thứ tự")
        await self.a.refused("agenda.start", item="no-such-item")

    async def lost(self):
        away = await self.server.join("db05")
        await self.chair.call("floor.grant", person="db05", kind="speech")
        await away.leave()
        await self.chair.event("presence.lost", person="db05")
        await self.screen.call("state.get")
        await self.server.join("db05", away.token)
        await self.chair.event("presence.back", person="db05")
        await self.chair.call("floor.revoke", person="db05")

    async def list_of_speakers(self):
        one = await self.a.call("floor.request", kind="speech", target="db04", note="ý kiến", key="k")
        await self.a.call("floor.request", kind="speech", target="db04", note="ý kiến", key="k")
        two = await self.b.call("floor.request", kind="speech")
        await self.chair.call("floor.move", request=two["request"], before=one["request"])
        await self.chair.call("floor.move", request=two["request"])
        await self.screen.call("state.get")
        await self.b.call("floor.withdraw", request=two["request"])
        two = await self.b.call("floor.request", kind="speech")
        await self.chair.call("floor.grant", request=two["request"])  # out of order
        await self.b.call("floor.release")
        three = await self.c.call("floor.request", kind="speech", reason="cũng là note")
        await self.chair.call("floor.deny", request=three["request"], reason="để sau")
        await self.c.refused("floor.request", kind="speech", note="no")
        await self.chair.call("list.close")
        await self.c.refused("floor.request", kind="speech")
        await self.chair.call("list.open")
        await self.chair.call("floor.next", lane="speech")
        await self.chair.refused("floor.next")
        await self.chair.refused("floor.grant", request=9999)

    async def consents(self):
        motion = await self.b.call("floor.request", kind="motion")
        await self.c.call("floor.support", request=motion["request"])
        await self.chair.event("notice")
        await self.chair.event("procedure.stored")
        plea = await self.c.call("floor.request", kind="plea", target="db03")
        ask = await self.b.event("ask.opened", request=plea["request"])
        await self.screen.call("state.get")
        await self.a.refused("floor.answer", ask=ask["ask"], answer="yes")
        await self.b.refused("floor.answer", ask=ask["ask"], answer="perhaps")
        await self.b.call("floor.answer", ask=ask["ask"], answer="yes")
        await self.chair.event("floor.accepted", request=plea["request"])
        await self.chair.call("floor.deny", request=motion["request"])
        await self.c.call("floor.withdraw", request=plea["request"])

    async def floor(self):
        """db02 has the floor."""
        await self.chair.call("floor.extend", person="db02", by_ms=60000)
        await self.chair.call("floor.extend", person="db02", by_ms=60000, override=True, note="thêm giờ")
        await self.chair.refused("floor.extend", person="db02", by_ms=60000, override=True)
        await self.chair.call("floor.limit", person="db02", limit_ms=300000)
        await self.chair.call("floor.stop", person="db02")
        await self.screen.call("state.get")
        await self.chair.call("floor.resume", person="db02")
        await self.a.call("mic.mute")
        await self.a.call("mic.unmute")
        await self.operator.call("mic.mute_all")
        await self.a.refused("mic.unmute")
        await self.chair.call("mic.unmute", person="db02")
        await self.chair.call("sitting.suspend")
        await self.screen.call("state.get")
        await self.chair.call("sitting.resume", override=True, reason="đủ người")
        await self.a.call("floor.release")
        await self.chair.call("floor.grant", person="db03", kind="speech", override=True, note="mời")
        await self.chair.call("floor.revoke", person="db03", note="lạc đề")
        await self.chair.refused("floor.revoke", person="db03")

    async def clocks(self):
        for name, kind in (("db02", "quick"), ("db03", "yielding"), ("db04", "graceful")):
            await self.chair.call("floor.grant", person=name, kind=kind)
        await self.chair.event("floor.warned", person="db02")
        await self.chair.event("floor.expired", person="db04", expiry="grace")
        await self.chair.event("floor.revoked", person="db03", end="expired")
        await self.chair.event("floor.revoked", person="db04", end="expired")
        ask = await self.chair.event("ask.opened", request=(
            await self.chair.event("floor.expired", person="db02"))["request"])
        await self.chair.call("floor.answer", ask=ask["ask"], answer="no")
        await self.chair.call("floor.revoke", person="db02")
        wrong = await self.a.call("floor.request", kind="speech", note="boom")
        await self.chair.call("floor.grant", request=wrong["request"])
        await self.screen.event("procedure.failed")
        await self.it.event("procedure.failed")
        await self.chair.call("floor.revoke", person="db02")

    async def votes(self):
        await self.tied()
        await self.hidden()
        await self.by_hand()
        await self.listed()
        await self.timed()
        await self.drawn()
        await self.announced()
        await self.people()

    async def open(self, kind, **more):
        return (await self.chair.call("vote.open", type=kind, question="Thông qua?", **more))["vote"]

    async def tied(self):
        vote = await self.open("named", item="nghi-quyet")
        await self.chair.refused("vote.open", type="named", question="?")
        await self.a.call("vote.cast", vote=vote, choice="for", key="ballot")
        await self.a.call("vote.cast", vote=vote, choice="for", key="ballot")
        await self.b.call("vote.cast", vote=vote, choice="against")
        await self.screen.call("state.get")
        await self.a.refused("vote.cast", vote=vote, choice="maybe")
        await self.chair.refused("vote.decide", vote=vote, choice="for")
        await self.chair.call("vote.close", vote=vote)
        await self.a.refused("vote.cast", vote=vote, choice="for")
        await self.chair.call("vote.decide", vote=vote, choice="for")

    async def hidden(self):
        vote = await self.open("totals")
        await self.a.call("vote.cast", vote=vote, choice="for")
        await self.b.call("vote.cast", vote=vote, choice="abstain")
        await self.chair.call("vote.defer", vote=vote, note="mất điện", ends_at="2090-01-01T00:00:00.000Z")
        await self.screen.call("state.get")
        await self.chair.call("vote.reopen", vote=vote, form="electronic", override=True, note="có điện")
        await self.chair.call("vote.cancel", vote=vote, reason="rút lại")

    async def by_hand(self):
        vote = await self.open("hands")
        counts = {"for": 4, "against": 1, "abstain": 0, "invalid": 0}
        await self.a.refused("vote.cast", vote=vote, choice="for")
        await self.clerk.call("vote.tally", vote=vote, form="hands", counts=counts)
        await self.clerk2.refused("vote.tally", vote=vote, form="hands", counts={"for": 3})
        await self.clerk.call("state.get")
        await self.clerk.call("minutes.get")
        await self.clerk.call("minutes.get", format="csv", lang="both")
        await self.clerk2.call("vote.tally", vote=vote, form="hands", counts=counts)
        await self.chair.call("vote.close", vote=vote)

    async def listed(self):
        subjects = [{"id": "an", "name": "Nguyễn An"}, {"id": "binh", "name": "Trần Bình"}]
        vote = await self.open("list", subjects=subjects)
        await self.c.call("proxy.give", target="db03")
        await self.clerk.call("attendance.check_out", person="db04")  # only the absent are voted for
        await self.a.call("vote.cast", vote=vote, choice={"an": "for", "binh": ["for", "abstain"]})
        await self.b.call("vote.cast", vote=vote, choice={"an": "for", "binh": "against"},
                          person="db04")
        await self.chair.call("vote.close", vote=vote)
        await self.clerk.call("attendance.check_in", person="db04")
        await self.screen.call("state.get")

    async def timed(self):
        vote = await self.open("timed")
        await self.chair.event("vote.closed", vote=vote)
        await self.chair.call("vote.reopen", vote=vote)
        await self.chair.call("vote.close", vote=vote)

    async def drawn(self):
        await self.chair.call("lot.draw", name="thứ tự", among=["db02", "db03", "db04"])
        await self.chair.call("lot.draw", among=["db02", "db03", "db04"], number=1)
        await self.chair.refused("lot.draw", among=["db02", "db02"])
        vote = await self.open("drawn", override=True, note="biểu quyết ngay")
        await self.a.call("vote.cast", vote=vote, choice="for")
        await self.b.call("vote.cast", vote=vote, choice="against")
        await self.chair.call("vote.close", vote=vote)
        await self.chair.call("lot.draw", vote=vote)
        lot = await self.chair.event("lot.drawn", vote=vote)
        decided = await self.screen.event("vote.decided", vote=vote)
        assert lot["drawn"] == [decided["choice"]] and sorted(lot["among"]) == ["against", "for"], lot

    async def announced(self):
        vote = await self.open("announced")
        await self.a.call("vote.cast", vote=vote, choice="for")
        await self.chair.call("vote.close", vote=vote)
        await self.screen.call("state.get")
        await self.a.call("vote.cast", vote=vote, choice="against")
        await self.b.refused("vote.cast", vote=vote, choice="for")
        await self.chair.call("vote.announce", vote=vote)
        await self.a.refused("vote.cast", vote=vote, choice="for")

    async def people(self):
        await self.chair.refused("vote.open", type="people", question="Bầu")
        vote = await self.open("people", subjects=[{"id": "db02", "name": "Nguyễn An"},
                                                   {"id": "db03", "name": "Trần Bình"}])
        await self.a.call("vote.cast", vote=vote, choice="db03")
        await self.chair.call("vote.close", vote=vote)

    async def secret(self):
        members = [self.a, self.b]
        committee = Committee(needed=1)
        await committee.deal(self.chair, members)
        await self.b.call("committee.complain", target="db02", note="phần của tôi sai")
        committee = Committee(needed=1)
        await committee.form(self.chair, members)
        vote = await self.open("secret")
        paper_key = (await self.chair.event("vote.papered", vote=vote))["paper_key"]
        await self.clerk.call("attendance.check_out", person="db04")
        serial, token = await claim(self.b, vote, paper_key, person="db04")
        ballot = sealed(committee, vote, serial, "for")
        assert post(self.server, {"vote": vote, "serial": serial, "token": token, "ballot": ballot})[0] == 200
        await self.chair.other("box")
        await self.b.call("state.get")
        await self.chair.call("vote.close", vote=vote)
        await self.chair.event("vote.boxed", vote=vote)
        opening = committee.opening(1, get(self.server, f"/box/{COUNCIL}/{vote}"))
        await self.a.call("vote.unseal", vote=vote, opening=opening)
        await self.chair.event("vote.closed", vote=vote)
        await self.clerk.call("attendance.check_in", person="db04")
        await self.screen.call("state.get")

    async def sound(self):
        voice = Voice()
        voice.tone_hz = 500
        try:
            await voice.join(self.a)
            await self.operator.call("media.stats", person="db02")
            await self.chair.call("floor.grant", person="db02", kind="speech")
            await run([voice], 1.0, asyncio.sleep)
            stats = await self.a.call("media.stats")
            assert stats["in"]["gate_open"] and stats["in"]["packets"] > 10, stats
            await self.chair.call("floor.revoke", person="db02")
            await run([voice], 0.3, asyncio.sleep)
        finally:
            voice.close()
        await self.a.call("media.leave")
        await self.a.call("media.stats")
        await self.browser()
        await self.a.refused("media.join", transport="webrtc", offer="v=0")
        await self.a.refused("media.stats", person="db03")

    async def browser(self):
        """An offer as browsers make it; the connection itself is tested in tests/web."""
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        try:
            peer.addTransceiver("audio")
            await peer.setLocalDescription(await peer.createOffer())
            await self.b.call("media.join", transport="webrtc", offer=peer.localDescription.sdp)
            await self.b.call("media.stats")
            await self.b.call("media.leave")
        finally:
            await peer.close()

    async def procedures(self):
        await self.a.call("procedure.describe")
        await self.chair.call("procedure.trace", max=20)
        await self.a.call("events.get", max=20)
        written = (await self.it.call("procedure.sittings", procedure="hai-phong"))["sittings"][0]
        await self.it.call("procedure.rehearse", procedure="hai-phong", sitting=written["text"])
        await self.it.call("procedure.record")
        await self.a.refused("procedure.use", name="hai-phong")
        await self.it.refused("procedure.use", name="no-such-procedure")
        await self.operator.call("procedure.reload")
        await self.it.call("procedure.use", name="hai-phong")
        await self.it.call("procedure.describe")
        await self.it.refused("procedure.trace", max=0)
        await self.it.call("procedure.use", name="schema")

    async def doors(self):
        await self.a.call("ping")
        await self.a.refused("no.such.method")
        await self.a.refused("floor.request", kind="speech", colour="red")
        await self.a.refused("floor.request", kind="speech", target="nobody")
        await self.a.refused("hello", token=self.a.token)
        try:
            await self.server.join("db04")
            raise AssertionError("two sessions of one person at one time")
        except RpcError as error:
            assert error.data["code"] == "already_connected", error
        again = await self.server.join("db04", take_over=True)
        await self.c.reader
        self.c = again
        # Everything from the first event on, the roster and the agenda too.
        late = await self.server.join("theodoi", resume_from=0)
        await late.event("sitting.opened")

    async def end(self):
        await self.chair.call("sitting.publish", closed=True)
        await self.chair.refused("session.close")
        await self.chair.call("sitting.close", override=True, note="hết giờ")
        await self.chair.event("recording.stopped")
        await self.chair.call("sitting.open", override=True, note="còn việc")
        await self.chair.call("sitting.close")
        await self.chair.call("session.close")

    async def trouble(self):
        """Another program keeps the journal busy: nothing is done, and those who can mend it know."""
        await self.it.event("session.closed")  # nothing waits for it: notifications are for idle readers
        journal = sqlite3.connect(os.path.join(self.server.data, "kyhop.db"), isolation_level=None)
        try:
            journal.execute("BEGIN IMMEDIATE")
            refusal = await self.chair.refused("session.open", name="?")
            assert (refusal.code, refusal.data["code"]) == (-32007, "disk"), refusal
            await self.it.call("ping")
            assert any(note["method"] == "trouble" for note in self.it.others), self.it.others
            journal.execute("ROLLBACK")
        finally:
            journal.close()
        await self.chair.call("session.open", name="?")


def make_plugins(folder):
    shutil.copytree(os.path.join(ROOT, "plugins"), folder)
    shutil.copytree(os.path.join(ROOT, "tests", "server", "schema-plugin"),
                    os.path.join(folder, "schema"))
    return folder


async def whole_sitting(described):
    with tempfile.TemporaryDirectory(prefix="kyhop-schema-") as folder:
        server = WatchedServer(described, procedure="schema", webrtc="true",
                               plugins=make_plugins(os.path.join(folder, "plugins"))).start()
        try:
            sitting = Sitting(server, described)
            for part in ("begin", "attendance", "lost", "list_of_speakers", "consents", "floor",
                         "clocks", "votes", "secret", "sound", "doors", "procedures", "end",
                         "trouble"):
                await asyncio.wait_for(getattr(sitting, part)(), 60)
            server.stop()
        except Exception:
            print("# " + "\n# ".join(server.log().splitlines()[-10:]))
            raise
        finally:
            server.close()


@functools.cache
def held():
    """The sitting is held once: what was seen, and how it ended."""
    described = Described()
    try:
        asyncio.run(whole_sitting(described))
    except Exception as error:  # told by every test
        return described, error
    return described, None


class Schema(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.described, error = held()
        if error:
            raise error

    def test_every_message_is_as_described(self):
        self.assertEqual(self.described.problems, [])

    def test_every_method_was_called_and_answered(self):
        self.assertEqual(set(self.described.requests) - self.described.answered, set())

    def test_every_event_and_notification_was_received(self):
        self.assertEqual(set(self.described.told) - self.described.seen, UNSEEN_EVENTS)

    def test_every_field_of_every_event_was_received(self):
        wanted = {(name, member) for name in self.described.events - UNSEEN_EVENTS
                  for member in self.described.fields(name)}
        self.assertEqual(wanted - self.described.members, UNSEEN_FIELDS)

    def test_every_class_of_refusal_was_met(self):
        met = {self.described.codes[code]["rpc"] for code in self.described.refused
               if code in self.described.codes}
        self.assertEqual(met, {-32002, -32003, -32004, -32005, -32602})
        self.assertIn("not_now", self.described.refused)


class CanFail(unittest.TestCase):
    """The judge sees what is wrong with a message."""

    def judge(self, message):
        described = Described()
        described.take_notification(message)
        return described.problems

    def setUp(self):
        self.good = {"jsonrpc": "2.0", "method": "event", "params": {
            "seq": 7, "time": "2026-07-18T01:30:00.250Z", "type": "mic.changed", "actor": "db01",
            "person": "db02", "mic": "muted", "by": "db01"}}

    def test_a_good_message(self):
        self.assertEqual(self.judge(self.good), [])

    def test_bad_ones(self):
        for member, value in (("mic", "loud"), ("time", "yesterday"), ("seq", "7"), ("person", 2),
                              ("colour", "red"), ("type", "mic.exploded")):
            message = copy.deepcopy(self.good)
            message["params"][member] = value
            self.assertEqual(len(self.judge(message)), 1, member)
        del self.good["params"]["mic"]
        self.assertEqual(len(self.judge(self.good)), 1)


if __name__ == "__main__":
    main()
