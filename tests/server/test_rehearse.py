#!/usr/bin/python3
"""Rehearsals over the API: beside a sitting that goes on, and of what really happened in it."""
import asyncio
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from kyhop import ROOT, Server, open_sitting
from lib import main

SITTING = """date    2026-07-18
people  d1..d20 delegate
person  c "Chair" chair,delegate
item    i "Nội dung" "Item"
08:00 c session.open
08:00 d1..d20 attendance.check_in
08:01 c sitting.open                 => sitting.opened
08:02 c agenda.start item=i
08:03 d1 floor.request kind=speech   => floor.requested person=d1
08:04 c floor.next                   => floor.granted person=d1 limit=%s
"""


def held(test):
    def wrapped(self):
        async def inside():
            server = Server().start()
            try:
                await asyncio.wait_for(test(self, server), 120)
            finally:
                server.close()
        asyncio.run(inside())
    return wrapped


class Rehearsals(unittest.TestCase):
    @held
    async def test_a_sitting_that_goes_as_written_says_so_and_changes_nothing(self, server):
        chair, _ = await open_sitting(server)
        it = await server.join("cntt")
        before = await it.snapshot()
        done = await it.call("procedure.rehearse", sitting=SITTING % "7:00")
        self.assertEqual((done["result"], done["procedure"]), ("same", "hai-phong"))
        self.assertIn("as written", done["report"])
        self.assertNotIn("line", done)
        self.assertEqual((done["lines"], done["virtual_ms"]), (25, 240000))
        after = await it.snapshot()
        for state in (before, after):
            del state["now"]
        self.assertEqual(before, after)
        self.assertEqual((await chair.call("floor.grant", person="db02", kind="speech"))["seq"],
                         chair.seq)

    @held
    async def test_the_first_difference_is_told_with_its_line(self, server):
        it = await server.join("cntt")
        done = await it.call("procedure.rehearse", sitting=SITTING % "9:00")
        self.assertEqual((done["result"], done["line"]), ("differs", 10))
        self.assertIn("expected: floor.granted person=d1 limit=9:00", done["report"])
        self.assertIn("got:      floor.granted", done["report"])
        done = await it.call("procedure.rehearse", sitting="08:00 nobody vote.open\n")
        self.assertEqual((done["result"], done["line"]), ("invalid", 1))
        done = await it.call("procedure.rehearse", sitting=SITTING % "7:00", procedure="no-such")
        self.assertEqual(done["result"], "invalid")
        self.assertNotIn("/", done["report"].split("no-such")[0].replace(ROOT, ""))

    @held
    async def test_each_procedure_gives_its_sittings_and_they_go_as_written(self, server):
        it = await server.join("cntt")
        for name in sorted(os.listdir(os.path.join(ROOT, "plugins"))):
            if not os.path.isdir(os.path.join(ROOT, "plugins", name, "sittings")):
                continue
            told = await it.call("procedure.sittings", procedure=name)
            self.assertEqual([s["name"] for s in told["sittings"]],
                             sorted(os.listdir(os.path.join(ROOT, "plugins", name, "sittings"))))
            for sitting in told["sittings"]:
                done = await it.call("procedure.rehearse", procedure=name, sitting=sitting["text"])
                self.assertEqual(done["result"], "same", done["report"])
        told = await it.call("procedure.sittings", procedure="lib")
        self.assertEqual(told["sittings"], [])

    @held
    async def test_what_is_wrong_is_refused(self, server):
        it, clerk = await server.join("cntt"), await server.join("thuky1")
        for method in ("procedure.rehearse", "procedure.sittings", "procedure.record"):
            self.assertEqual((await clerk.refused(method, sitting="x")).code, -32002)
        for params in [{}, {"sitting": 7}, {"sitting": ""}]:
            self.assertEqual((await it.refused("procedure.rehearse", **params)).code, -32602)
        for name in ["", ".", "..", "../plugins/hai-phong", "/etc", 7]:
            for method in ("procedure.rehearse", "procedure.sittings"):
                error = await it.refused(method, sitting="x", procedure=name)
                self.assertEqual(error.code, -32602, name)
        self.assertEqual((await it.refused("procedure.record", sitting=0)).code, -32602)
        error = await it.refused("procedure.record", session=9)
        self.assertEqual((error.code, error.data["code"]), (-32004, "no_sitting"))
        self.assertTrue(error.data["reason"]["vi"] and error.data["reason"]["en"])

    @held
    async def test_a_rehearsal_that_takes_too_long_is_stopped_and_the_sitting_goes_on(self, server):
        chair, clerk = await open_sitting(server)
        it, other = await server.join("cntt"), await server.join("kythuat")
        again = "08:00 " + ",".join(["d1..d900"] * 400) + \
            " attendance.check_in => refused already_present\n"
        endless = "people d1..d900 delegate\nperson c \"C\" chair\n08:00 c session.open\n" \
            "08:00 d1..d900 attendance.check_in\n" + again * 16
        began = time.monotonic()
        running = asyncio.ensure_future(it.call("procedure.rehearse", sitting=endless))
        await asyncio.sleep(0.5)
        error = await other.refused("procedure.rehearse", sitting=SITTING % "7:00")
        self.assertEqual((error.code, error.data["code"]), (-32006, "busy"))
        self.assertTrue(error.data["reason"]["vi"])
        slowest = 0
        while not running.done():
            asked = time.monotonic()
            await clerk.call("attendance.check_in", person="db60")
            await clerk.call("attendance.check_out", person="db60")
            slowest = max(slowest, time.monotonic() - asked)
            await asyncio.sleep(0.05)
        done = await running
        self.assertEqual(done["result"], "too_long", done)
        self.assertGreater(done["line"], 3)
        self.assertLess(time.monotonic() - began, 25)
        self.assertLess(slowest, 3)
        done = await other.call("procedure.rehearse", sitting=SITTING % "7:00")
        self.assertEqual(done["result"], "same")


class Descriptions(unittest.TestCase):
    @held
    async def test_what_a_vote_needs_is_told_before_it_opens(self, server):
        it = await server.join("cntt")
        before = (await it.call("procedure.describe"))["votes"]
        chair, _ = await open_sitting(server)
        told = {v["id"]: v for v in before}["resolution"]
        self.assertEqual([(r["of"], r["base"], r["num"], r["den"], r["strict"])
                          for r in told["rules"]], [("for", "in_office", 1, 2, True)])
        await chair.call("vote.open", type="resolution", question="?")
        ballot = (await chair.snapshot())["votes"][-1]["ballot"]
        for name, value in ballot.items():
            if name not in ("type", "name", "rule", "subjects"):
                self.assertEqual(told[name], value, name)
        self.assertEqual((await it.snapshot())["procedure"]["votes"], before)

    @held
    async def test_looking_ahead_leaves_no_trace_and_follows_the_procedure(self, server):
        it = await server.join("cntt")
        for name in sorted(os.listdir(os.path.join(ROOT, "plugins"))):
            if name == "lib" or not os.path.isdir(os.path.join(ROOT, "plugins", name)):
                continue
            await it.call("procedure.use", name=name)
            described = await it.call("procedure.describe")
            self.assertEqual(described["name"], name)
            for kind in described["votes"]:
                self.assertIn("rules", kind, (name, kind["id"]))
                self.assertIn("secrecy", kind)
            self.assertEqual((await it.call("procedure.trace"))["trace"], [])


class Settings(unittest.TestCase):
    @held
    async def test_the_limits_in_force_are_in_the_journal(self, server):
        async def changes():
            it = await server.join("cntt")
            events = (await it.call("events.get", max=500))["events"]
            described = (await it.call("procedure.describe"))["settings"]
            return it, [e for e in events if e["type"] == "procedure.changed"], \
                {s["name"]: s["value"] for s in described}
        it, told, values = await changes()
        self.assertEqual([e["settings"] for e in told], [values])
        self.assertEqual(values["speech_first"], 7)
        await it.call("procedure.reload")
        self.assertEqual((await it.event("procedure.changed"))["settings"], values)
        server.stop()
        server.start()
        _, told, _ = await changes()
        self.assertEqual(len(told), 2)  # the same settings are not told again
        server.stop()
        server.values["settings"] = "speech_first = 10"
        server.start()
        it, told, values = await changes()
        self.assertEqual((len(told), values["speech_first"]), (3, 10))
        self.assertEqual(told[-1]["settings"], values)
        self.assertEqual((await it.snapshot())["procedure"]["settings"][0].get("value"),
                         list(values.values())[0])
        status, text = server.run("verify", server.data)
        self.assertEqual(status, 0, text)


class Records(unittest.TestCase):
    @held
    async def test_what_happened_can_be_rehearsed_at_once(self, server):
        chair, clerk = await open_sitting(server)
        it, a = await server.join("cntt"), await server.join("db02")
        await a.call("floor.request", kind="speech")
        await chair.call("floor.next")
        await a.call("floor.release")
        await chair.call("sitting.close")
        await clerk.call("attendance.check_in", person="db07")
        record = await it.call("procedure.record")
        self.assertEqual((record["session"], record["sitting"]), (1, 0))
        self.assertIn("floor.request kind=\"speech\"", record["text"])
        done = await it.call("procedure.rehearse", sitting=record["text"])
        self.assertEqual(done["result"], "same", done["report"])
        first = (await it.call("procedure.record", sitting=1))["text"]
        self.assertIn("sitting.closed", first)
        self.assertNotIn("attendance.check_in person=\"db07\"", first.split("sitting.closed")[1])
        self.assertEqual((await it.call("procedure.rehearse", sitting=first))["result"], "same")
        self.assertEqual((await it.refused("procedure.record", sitting=2)).code, -32004)

    @held
    async def test_a_record_has_the_settings_of_its_sitting(self, server):
        async def speak():
            chair, _ = await open_sitting(server)
            await chair.call("floor.grant", person="db02", kind="debate")
            await chair.call("sitting.close")
            return chair
        server.stop()
        server.values["settings"] = "debate = 5"
        server.start()
        await (await speak()).call("session.close")
        server.stop()
        server.values["settings"] = 'debate = 6, quorum = "none"'
        server.start()
        await speak()
        it = await server.join("cntt")
        whole = [await it.call("procedure.record", session=n) for n in (1, 2)]
        self.assertEqual([[line.split()[1] for line in r["text"].splitlines() if line[:3] == "set"]
                          for r in whole], [["debate=5"], ["debate=6", 'quorum="none"']])
        server.stop()
        server.values["settings"] = ""  # today's own settings say nothing about those sittings
        server.start()
        it = await server.join("cntt")
        for told in whole:
            again = await it.call("procedure.record", session=told["session"])
            self.assertTrue(again["text"].startswith(told["text"]))
            since = again["text"][len(told["text"]):]
            self.assertEqual("# set debate=3\n" in since, told is whole[-1])
            done = await it.call("procedure.rehearse", sitting=told["text"])
            self.assertEqual(done["result"], "same", done["report"])

    @held
    async def test_a_record_tells_no_votes_that_the_sitting_does_not(self, server):
        chair, clerk = await open_sitting(server)
        it, a = await server.join("cntt"), await server.join("db02")
        vote = (await chair.call("vote.open", type="resolution", question="?"))["vote"]
        await a.call("vote.cast", vote=vote, choice="against")
        await clerk.call("attendance.excuse", person="db70", note="ốm nặng")
        open_text = (await it.call("procedure.record"))["text"]
        self.assertNotIn("against", open_text.split("vote.open ")[1])
        self.assertIn(f"# db02 voted in vote {vote}", open_text)
        self.assertNotIn("ốm nặng", open_text)
        await chair.call("vote.close", vote=vote)
        self.assertIn("choice=\"against\"", (await it.call("procedure.record"))["text"])


if __name__ == "__main__":
    main()
