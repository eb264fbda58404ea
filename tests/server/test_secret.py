#!/usr/bin/python3
"""A secret vote at the desks through the whole server: committee, papers, posted ballots, kill -9,
opening, recount; and that nothing on the disk tells whose ballot is whose."""
import asyncio
import base64
import glob
import json
import os
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from booth import COUNCIL, Committee, ask_voter, claim, get, post, sealed
from kyhop import Server, open_sitting
from lib import main

MEMBERS = ["db02", "db03", "db04"]
NEEDED = 2
VOTERS = {"db02": "for", "db05": "for", "db06": "against", "db07": "for", "db08": "abstain"}


class SecretVote(unittest.TestCase):
    def setUp(self):
        settings = f'secret_form = "electronic", committee_members = 3, committee_needed = {NEEDED}'
        self.server = Server(settings=settings).start()

    def tearDown(self):
        self.server.close()

    def test_a_secret_vote_from_the_committee_to_the_recount(self):
        asyncio.run(self.hold())

    def test_a_cancelled_vote_leaves_no_ballot(self):
        asyncio.run(self.cancel())

    async def cancel(self):
        chair, _ = await open_sitting(self.server)
        committee = Committee(NEEDED)
        await committee.form(chair, [await self.server.join(person) for person in MEMBERS])
        vote, paper_key = await self.open_vote(chair)
        serial, token = await claim(await self.server.join("db05"), vote, paper_key)
        ballot = {"vote": vote, "serial": serial, "token": token,
                  "ballot": sealed(committee, vote, serial, "for")}
        self.assertEqual(post(self.server, ballot)[0], 200)
        await chair.call("vote.close", vote=vote)
        await chair.event("vote.boxed", vote=vote)
        path = os.path.join(self.server.data, "boxes", f"{COUNCIL}-{vote}.json")
        self.assertTrue(os.path.exists(path))
        await chair.call("vote.cancel", vote=vote, reason="rút lại")
        for _ in range(200):
            if not os.path.exists(path):
                break
            await asyncio.sleep(0.05)
        self.assertFalse(os.path.exists(path))
        self.server.stop()
        with open(os.path.join(self.server.data, "box.db"), "rb") as file:
            self.assertNotIn(base64.urlsafe_b64decode(serial + "="), file.read())

    async def open_vote(self, chair):
        vote = (await chair.call("vote.open", type="elect", question="Bầu Phó Chủ tịch"))["vote"]
        return vote, (await chair.event("vote.papered", vote=vote))["paper_key"]

    async def cast_all(self, vote, paper_key, committee):
        """Ballots of all voters, as they were posted; half of them before a kill -9."""
        ballots = {}
        for person, choice in VOTERS.items():
            voter = await self.server.join(person, take_over=True)
            serial, token = await claim(voter, vote, paper_key)
            other = ask_voter(verb="paper")["paper"]
            refused = await voter.refused("vote.claim", vote=vote, paper=other)
            self.assertEqual(refused.data["code"], "issued")
            ballots[person] = {"vote": vote, "serial": serial, "token": token,
                               "ballot": sealed(committee, vote, serial, choice)}
            self.assertEqual(post(self.server, ballots[person]), (200, {"in_box": True}))
            if person == "db05":
                self.server.kill()
                self.server.start()
                late = await self.server.join("db05", take_over=True)
                self.assertEqual(late.state["votes"][-1]["number"], len(ballots))
                self.assertEqual(post(self.server, ballots[person]), (200, {"in_box": True}))
        return ballots

    def refuse_others(self, vote, committee, ballots):
        """What must not get into the box, and why."""
        mine = ballots["db05"]
        turned = dict(mine, ballot=sealed(committee, vote, mine["serial"], "against"))
        self.assertEqual(post(self.server, turned)[0], 409)
        copied = dict(ballots["db06"], ballot=mine["ballot"])
        self.assertEqual(post(self.server, copied)[0], 409)
        forged = dict(mine, serial=ask_voter(verb="paper")["serial"])
        status, answer = post(self.server, forged)
        self.assertEqual((status, answer["code"]), (409, "paper"))
        self.assertTrue(answer["reason"]["vi"] and answer["reason"]["en"] and answer["rule"])
        for nonsense in (b"", b"{", b"[]", b"null", b'{"vote":1}', b"\xff\xfe", b'{"vote":"1"}'):
            self.assertEqual(post(self.server, nonsense)[0], 400, nonsense)
        self.assertEqual(post(self.server, mine, "/box/nobody")[0], 404)
        self.assertEqual(post(self.server, b"x" * 70000)[0], 413)

    async def hold(self):
        chair, _ = await open_sitting(self.server)
        early = await chair.refused("vote.open", type="elect", question="?")
        self.assertEqual(early.data["code"], "no_committee")
        small = await chair.refused("committee.form", members=MEMBERS[:2], needed=2)
        self.assertEqual(small.data["rule"], "883/HD-UBTVQH14 5(a)")
        committee = Committee(NEEDED)
        await committee.form(chair, [await self.server.join(person) for person in MEMBERS])
        vote, paper_key = await self.open_vote(chair)
        ballots = await self.cast_all(vote, paper_key, committee)
        self.refuse_others(vote, committee, ballots)
        chair = await self.server.join("db01", take_over=True)
        await chair.call("vote.close", vote=vote)
        boxed = await chair.event("vote.boxed", vote=vote)
        self.assertEqual(boxed["number"], len(VOTERS))
        self.assertEqual(post(self.server, ballots["db05"])[0], 409)
        await self.open_box(vote, boxed, committee, chair)
        self.check_published(vote, boxed, ballots)
        self.check_minutes(vote, boxed)
        await chair.leave()
        self.server.stop()
        self.check_disk(ballots)
        self.check_verify(vote)

    async def open_box(self, vote, boxed, committee, chair):
        box = get(self.server, f"/box/{COUNCIL}/{vote}")
        self.assertEqual(box["hash"], boxed["hash"])
        self.assertNotIn("counts", box)
        stranger = await self.server.join("db09")
        self.assertEqual((await stranger.refused("vote.unseal", vote=vote)).data["code"], "not_member")
        first = await self.server.join(MEMBERS[0], take_over=True)
        wrong = committee.opening(2, box)
        self.assertEqual((await first.refused("vote.unseal", vote=vote, opening=wrong)).data["code"],
                         "opening")
        await first.call("vote.unseal", vote=vote, opening=committee.opening(1, box))
        self.server.kill()
        self.server.start()
        chair = await self.server.join("db01", take_over=True)
        third = await self.server.join(MEMBERS[2], take_over=True)
        await third.call("vote.unseal", vote=vote, opening=committee.opening(3, box))
        result = (await chair.event("vote.closed", vote=vote))["result"]
        self.assertEqual(result["counts"][0]["options"], {"for": 3, "against": 1, "abstain": 1})
        self.assertEqual(result["counts"][0]["named"]["issued"], len(VOTERS))
        self.assertEqual(result["outcome"], "rejected")  # 3 of 75
        self.assertIn("Không trúng cử", result["explanation"]["vi"])

    def check_published(self, vote, boxed, ballots):
        box = get(self.server, f"/box/{COUNCIL}/{vote}")
        recount = ask_voter(verb="recount", box=box)
        self.assertEqual((recount["failed"], recount["counted"]), ("ok", True), recount)
        entries = {(e["serial"], e["ballot"]) for e in box["entries"]}
        self.assertEqual(entries, {(b["serial"], b["ballot"]) for b in ballots.values()})
        self.assertEqual([e["serial"] for e in box["entries"]],
                         sorted((e["serial"] for e in box["entries"]), key=sort_key))
        box["entries"].pop()
        self.assertNotEqual(ask_voter(verb="recount", box=box)["failed"], "ok")
        self.assertEqual(box["hash"], boxed["hash"])

    def check_minutes(self, vote, boxed):
        """The secretary signs who counted, how many papers and ballots there were, and the box's hash."""
        status, text = self.server.run("minutes", self.server.data, COUNCIL, "latest", "--format", "json")
        self.assertEqual(status, 0, text)
        course = json.loads(text)["sittings"][0]["course"]
        entry = next(e for e in course if e["type"] == "vote" and e["vote"] == vote)
        box = entry["box"]
        self.assertEqual((box["issued"], box["number"], box["hash"]),
                         (len(VOTERS), len(VOTERS), boxed["hash"]))
        self.assertEqual([p["id"] for p in box["opened_by"]], [MEMBERS[0], MEMBERS[2]])
        self.assertNotIn("names", entry)
        committee = next(e for e in course if e.get("what") == "committee_formed")
        self.assertEqual([p["id"] for p in committee["members"]], MEMBERS)
        status, page = self.server.run("minutes", self.server.data, COUNCIL, "latest")
        self.assertEqual(status, 0)
        self.assertIn(boxed["hash"], page)
        self.assertIn("Số phiếu trong hòm", page)

    def check_verify(self, vote):
        """Anybody recounts the file; the council's own IT also holds it against the journal."""
        path = os.path.join(self.server.data, "boxes", f"{COUNCIL}-{vote}.json")
        status, told = self.server.run("verify", path)
        self.assertEqual(status, 0, told)
        self.assertIn("hash", told)
        status, told = self.server.run("verify", self.server.data)
        self.assertEqual(status, 0, told)
        self.assertIn("the chain is whole", told)
        with open(path, encoding="utf-8") as file:
            box = json.load(file)
        # A box that is right in itself, but not the one that the journal tells of.
        self.tampered(path, dict(box, counts=[[5, 0, 0]]), "counts")
        self.tampered(path, dict(box, entries=box["entries"][1:], number=box["number"] - 1), "hash")
        self.tampered(path, dict(box, vote=vote + 1), "")
        self.tampered(path, "not a box", "")

    def tampered(self, path, box, word):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(box, file)
        for where in (path, self.server.data):
            status, told = self.server.run("verify", where)
            self.assertEqual(status, 1, told)
            self.assertIn(word, told)

    def check_disk(self, ballots):
        """The journal, the log and all other files know no ballot; the box knows no name and no time."""
        for path in glob.glob(os.path.join(self.server.folder, "**"), recursive=True):
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            is_box = os.path.basename(path).startswith("box.db") or "/boxes/" in path
            for person, ballot in ballots.items():
                secrets = [ballot["serial"], ballot["token"], ballot["ballot"][:60]]
                if not is_box:
                    for secret in secrets:
                        self.assertNotIn(secret.encode(), data, path)
                        self.assertNotIn(raw(secret), data, path)
                elif os.path.basename(path).startswith("box.db") and person not in MEMBERS:
                    self.assertNotIn(person.encode(), data, path)
        box = sqlite3.connect(os.path.join(self.server.data, "box.db"))
        tables = [{column[1] for column in box.execute(f"pragma table_info({table})")} for table, in
                  box.execute("select name from sqlite_schema where type='table'").fetchall()]
        self.assertEqual([t for t in tables if "ballot" in t],
                         [{"council", "vote", "serial", "token", "ballot"}])
        box.close()


def raw(text):
    return base64.urlsafe_b64decode(text[:len(text) // 4 * 4] + "=" * (-len(text[:len(text) // 4 * 4]) % 4))


def sort_key(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


if __name__ == "__main__":
    main()
