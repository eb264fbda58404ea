#!/usr/bin/python3
"""The minutes of a small sitting, against what really happened in it."""
import asyncio
import csv
import io
import json
import os
import sqlite3
import sys
import unittest
import urllib.error
import urllib.request
import xml.dom.minidom
from datetime import datetime

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from kyhop import PATIENCE_S, Server, open_sitting
from lib import main

COUNCIL = "hai-phong"
ZONE = "Asia/Ho_Chi_Minh"


def kinds(record, kind):
    """Entries of that type of the course of all sittings."""
    return [entry for sitting in record["sittings"] for entry in sitting["course"]
            if entry["type"] == kind]


def minutes(server, *options, session="latest", status=0):
    """`kyhop minutes` beside the running server."""
    got, text = server.run("minutes", server.data, COUNCIL, session, *options)
    if got != status:
        raise AssertionError(f"kyhop minutes ended with {got}: {text}")
    return text


def record_of(server, **options):
    return json.loads(minutes(server, "--format", "json", **options))


def at(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


async def hold(server):
    """A sitting: a speech that is extended, one that is cut, a vote by name, a paper ballot."""
    chair, clerk = await open_sitting(server, present=50)
    speaker, other, third = [await server.join(f"db{number:02d}") for number in (2, 3, 4)]
    await clerk.call("attendance.check_in", person="db51", remote=True)
    await clerk.call("attendance.excuse", person="db52", note="ốm <b>nặng</b>")
    await speaker.call("floor.request", kind="speech", note="về ngân sách, \"mục 3\"")
    await other.call("floor.request", kind="speech")
    await third.call("floor.request", kind="speech")
    await chair.call("floor.next")
    await chair.call("floor.extend", person="db02", by_ms=60000)
    await speaker.call("floor.release")
    await chair.call("floor.next")
    await chair.call("sitting.suspend")
    await chair.call("sitting.resume")
    await chair.call("floor.revoke", person="db03", reason="lạc đề")
    vote = (await chair.call("vote.open", type="resolution", question="Thông qua nghị quyết"))["vote"]
    voters = [chair, speaker, other, third]
    for number in range(5, 41):
        voters.append(await server.join(f"db{number:02d}"))
    for voter in voters[:38]:
        await voter.call("vote.cast", vote=vote, choice="for")
    await voters[38].call("vote.cast", vote=vote, choice="against")
    await chair.call("vote.close", vote=vote)
    return chair, clerk, voters


async def hold_secret(server, chair, clerk):
    """A ballot on paper, entered by one and confirmed by another."""
    vote = (await chair.call("vote.open", type="remove", question="Bãi nhiệm đại biểu X"))["vote"]
    counts = {"for": 30, "against": 8, "abstain": 2}
    second = await server.join("thuky2")
    for teller in (clerk, second):
        await teller.call("vote.tally", vote=vote, form="paper", counts=counts)
    await chair.call("vote.close", vote=vote)


def held(test):
    def wrapped(self):
        async def inside():
            server = Server().start()
            try:
                chair, clerk, voters = await hold(server)
                await asyncio.wait_for(test(self, server, chair, clerk, voters), 120)
            finally:
                server.close()
        asyncio.run(inside())
    return wrapped


class Facts(unittest.TestCase):
    @held
    async def test_speeches_votes_and_attendance_are_what_the_events_said(
            self, server, chair, clerk, voters):
        await hold_secret(server, chair, clerk)
        record = record_of(server)
        self.assertFalse(record["final"])
        first, second = kinds(record, "speech")
        granted = await chair.event("floor.granted", person="db02")
        released = await chair.event("floor.released", person="db02")
        self.assertEqual(first["person"]["id"], "db02")
        self.assertEqual(at(first["at"]), at(granted["time"]))
        self.assertEqual(first["limit_ms"], granted["limit_ms"])
        self.assertEqual(first["spent_ms"], released["spent_ms"])
        self.assertEqual([e["by_ms"] for e in first["extensions"]], [60000])
        self.assertEqual(first["extensions"][0]["by"]["id"], "db01")
        self.assertEqual((first["end"], first["ended_by"]["id"]), ("released", "db02"))
        self.assertEqual(first["about"], "về ngân sách, \"mục 3\"")
        self.assertEqual((second["end"], second["ended_by"]["id"], second["note"]),
                         ("revoked", "db01", "lạc đề"))
        self.assertEqual([d["what"] for d in kinds(record, "decision")
                          if d["what"].startswith("sitting")],
                         ["sitting_suspended", "sitting_resumed"])
        waiting, = record["sittings"][0]["not_heard"]
        self.assertEqual((waiting["person"]["id"], waiting["how"]), ("db04", "waiting"))
        counts = record["sittings"][0]["attendance"]["counts"]
        self.assertEqual((counts["in_office"], counts["present"], counts["remote"],
                          counts["excused"]), (75, 51, 1, 1))
        vote, secret = kinds(record, "vote")
        closed = await chair.event("vote.closed", vote=1)
        self.assertEqual(vote["result"]["outcome"], "passed")
        self.assertEqual(vote["result"]["counts"][0]["options"]["for"], 38)
        self.assertEqual(vote["result"]["explanation"], closed["result"]["explanation"])
        rule, = vote["result"]["counts"][0]["rules"]
        self.assertEqual((rule["count"], rule["base_count"], rule["needed"], rule["holds"]),
                         (38, 75, 38, True))
        self.assertEqual(len(vote["names"][0]["for"]), 38)
        self.assertEqual([v["id"] for v in vote["names"][0]["against"]], ["db39"])
        self.assertEqual(secret["secrecy"], "secret")
        self.assertNotIn("names", secret)
        self.assertEqual(secret["result"]["counts"][0]["options"]["for"], 30)
        self.assertEqual((secret["tally"]["by"]["id"], secret["tally"]["confirmed_by"]["id"],
                          secret["tally"]["confirmed"]), ("thuky1", "thuky2", True))

    @held
    async def test_an_open_vote_tells_no_numbers_and_no_names(self, server, chair, clerk, voters):
        vote = (await chair.call("vote.open", type="resolution", question="?"))["vote"]
        await voters[1].call("vote.cast", vote=vote, choice="against")
        entry = kinds(record_of(server), "vote")[-1]
        self.assertEqual(entry["state"], "open")
        self.assertFalse({"result", "names", "not_voted"} & set(entry))

    @held
    async def test_minutes_grow_over_a_kill_and_then_stand_still(
            self, server, chair, clerk, voters):
        before = record_of(server)
        server.kill()
        self.assertEqual(record_of(server), before)
        server.start()
        after = record_of(server)
        self.assertEqual(kinds(after, "speech"), kinds(before, "speech"))
        self.assertEqual(kinds(after, "vote"), kinds(before, "vote"))
        self.assertEqual([t["type"] for t in after["troubles"]], ["recording_gap"])
        chair = await server.join("db01", chair.token)
        await chair.call("sitting.close")
        await chair.call("session.close")
        final = minutes(server)
        self.assertTrue(record_of(server)["final"])
        await chair.call("session.open", name="Kỳ họp thứ 7")
        self.assertEqual(minutes(server, session="1"), final)
        self.assertEqual(record_of(server)["session"]["number"], 2)

    @held
    async def test_a_printed_hash_is_found_in_the_journal_and_a_forged_one_is_not(
            self, server, chair, clerk, voters):
        journal = record_of(server)["journal"]
        with sqlite3.connect(f"file:{server.data}/kyhop.db?mode=ro", uri=True) as db:
            stored, = db.execute("SELECT hex(hash) FROM journal WHERE council = ? AND seq = ?",
                                 (COUNCIL, journal["seq"])).fetchone()
        self.assertEqual(stored.lower(), journal["hash"])
        seq = str(journal["seq"])
        self.assertEqual(server.run("verify", server.data, COUNCIL, seq, journal["hash"])[0], 0)
        for wrong in ((COUNCIL, seq, "0" * 64), (COUNCIL, "999999", journal["hash"]),
                      ("elsewhere", seq, journal["hash"]), (COUNCIL, seq, "abc")):
            self.assertEqual(server.run("verify", server.data, *wrong)[0], 1, wrong)


class Forms(unittest.TestCase):
    @held
    async def test_every_form_is_well_formed_and_says_the_same(self, server, chair, clerk, voters):
        text = minutes(server, "--format", "csv", "--tz", ZONE)
        rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))
        speeches = [row for row in rows if row["record"] == "speech"]
        self.assertEqual([row["person_id"] for row in speeches], ["db02", "db03"])
        self.assertEqual((speeches[0]["extended_s"], speeches[1]["reason"]), ("60.000", "lạc đề"))
        self.assertTrue(speeches[0]["started_at"].endswith("+07:00"))
        votes = {row["option"]: row for row in rows if row["record"] == "vote"}
        self.assertEqual((votes["Tán thành"]["votes"], votes["Tán thành"]["base_count"],
                          votes["Tán thành"]["outcome"]), ("38", "75", "passed"))
        akn = xml.dom.minidom.parseString(minutes(server, "--format", "akn"))
        self.assertEqual(len(akn.getElementsByTagName("speech")), 2)
        html = minutes(server, "--lang", "both", "--tz", ZONE)
        self.assertIn("50,67 %", html)
        self.assertIn("ốm &lt;b&gt;nặng&lt;/b&gt;", html)
        self.assertNotIn("<b>nặng", html)
        if os.environ.get("KH_KEEP"):
            for form, kept in (("html", html), ("csv", text), ("json", minutes(server, "--format", "json")),
                               ("akn", minutes(server, "--format", "akn"))):
                with open(f"{os.environ['KH_KEEP']}/minutes.{form}", "w", encoding="utf-8") as file:
                    file.write(kept)

    @held
    async def test_bad_calls_get_clear_errors(self, server, chair, clerk, voters):
        for arguments, said in (
                ((server.data, COUNCIL, "7"), "no session 7"),
                ((server.data, "elsewhere", "1"), "no council"),
                ((server.data, COUNCIL, "one"), "a number"),
                ((server.data + "/nowhere", COUNCIL, "1"), "nowhere"),
                ((server.data, COUNCIL, "1", "--format", "pdf"), "--print-to-pdf"),
                ((server.data, COUNCIL, "1", "--format", "doc"), "html, csv, json or akn"),
                ((server.data, COUNCIL, "1", "--tz", "Asia/Nowhere"), "time zone")):
            status, text = server.run("minutes", *arguments)
            self.assertEqual(status, 1, text)
            self.assertIn(said, text)


class Roles(unittest.TestCase):
    @held
    async def test_chair_and_secretary_get_them_and_nobody_else(
            self, server, chair, clerk, voters):
        for person in (chair, clerk):
            answer = await person.call("minutes.get")
            self.assertFalse(answer["final"])
            self.assertEqual(len(kinds(answer["minutes"], "speech")), 2)
            self.assertEqual(answer["minutes"]["council"]["name"]["vi"], "HĐND thành phố Hải Phòng")
        html = (await clerk.call("minutes.get", session="1", format="html", tz=ZONE))["minutes"]
        self.assertIn("<!DOCTYPE html>", html)
        others = [await server.join(name) for name in ("kythuat", "manhinh", "cntt", "theodoi")]
        for person in [voters[1]] + others:
            error = await person.refused("minutes.get")
            self.assertEqual(error.code, -32002, person.name)
        for params, code in (({"session": 9}, -32004), ({"format": "pdf"}, -32602),
                             ({"session": "x"}, -32602), ({"tz": "Nowhere"}, -32602),
                             ({"lang": 3}, -32602)):
            self.assertEqual((await chair.refused("minutes.get", **params)).code, code, params)

    @held
    async def test_the_page_gets_them_over_http(self, server, chair, clerk, voters):
        async def get(path, person):
            request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}")
            request.add_header("Authorization", f"Bearer {person.token}")
            try:
                with await asyncio.to_thread(urllib.request.urlopen, request,
                                             timeout=PATIENCE_S) as answer:
                    return answer.status, answer.headers["Content-Type"], answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, "", ""
        status, kind, text = await get("/minutes/hai-phong/1.html", clerk)
        self.assertEqual((status, kind), (200, "text/html; charset=utf-8"))
        self.assertIn("HĐND thành phố Hải Phòng", text)
        self.assertEqual((await get("/minutes/hai-phong/1.html", voters[1]))[0], 403)
        for path in ("/minutes/hai-phong/2.html", "/minutes/hai-phong/1.pdf", "/minutes/else/1.html",
                     "/minutes/hai-phong/1", "/minutes/hai-phong/../1.html", "/minutes/"):
            self.assertEqual((await get(path, clerk))[0], 404, path)


if __name__ == "__main__":
    main()
