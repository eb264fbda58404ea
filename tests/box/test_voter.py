#!/usr/bin/python3
"""The voter tool, on the votes that the pages' own tests made (vectors.json)."""
import base64
import hashlib
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "api"))
from lib import main

VOTER = os.environ.get("KH_VOTER", os.path.join(HERE, "..", "..", "build", "tests", "box", "voter"))
with open(os.path.join(HERE, "vectors.json"), encoding="utf-8") as vectors_file:
    VECTORS = json.load(vectors_file)
CEREMONY, COUNCIL = VECTORS["ceremony"], VECTORS["council"]
MEMBERS = CEREMONY["members"]


def published(vote):
    """The box of @vote as GET /box/COUNCIL/VOTE tells it."""
    entries = sorted(vote["papers"], key=lambda p: decode(p["serial"]))
    return {
        "council": COUNCIL, "vote": vote["vote"], "question": "?", "key": CEREMONY["key"],
        "paper_key": vote["paper_key"], "paper_secret": vote["paper_secret"],
        "subjects": vote["subjects"], "options": vote["options"], "select": vote["select"],
        "number": vote["number"], "hash": vote["hash"],
        "entries": [{k: e[k] for k in ("serial", "token", "ballot")} for e in entries],
        "members": [{"person": f"p{j}", "key": m["key"]} for j, m in enumerate(MEMBERS, 1)],
        "needed": CEREMONY["needed"],
        "openings": [{"person": f"p{o['member']}", "opening": o["opening"]} for o in vote["openings"]],
        "counts": vote["counts"],
    }


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class VoterTest(unittest.TestCase):
    def setUp(self):
        self.tool = subprocess.Popen([VOTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True, encoding="utf-8")

    def tearDown(self):
        self.tool.stdin.close()
        self.tool.stdout.close()
        self.assertEqual(self.tool.wait(10), 0)

    def ask(self, verb, **fields):
        self.tool.stdin.write(json.dumps({"verb": verb, **fields}) + "\n")
        self.tool.stdin.flush()
        return json.loads(self.tool.stdout.readline())

    def ceremony(self, **more):
        return {"council": COUNCIL, "round": CEREMONY["round"], "needed": CEREMONY["needed"],
                "joins": [m["join"] for m in MEMBERS], **more}

    def test_a_ceremony_ends_with_the_same_keys_as_in_the_pages(self):
        deals = []
        for i, member in enumerate(MEMBERS, 1):
            joined = self.ask("join", council=COUNCIL, round=CEREMONY["round"], i=i,
                              seed=member["seed"])
            self.assertEqual(joined["join"], member["join"])
            deals.append(self.ask("deal", i=i, seed=member["seed"], **self.ceremony())["deal"])
        keys = self.ask("keys", needed=CEREMONY["needed"], deals=deals)
        self.assertEqual(keys["key"], CEREMONY["key"])
        self.assertEqual(keys["members"], [m["key"] for m in MEMBERS])
        for i, member in enumerate(MEMBERS, 1):
            told = self.ask("share_check", i=i, seed=member["seed"], deals=deals, **self.ceremony())
            self.assertEqual(told, {"wrong": 0})

    def test_the_dealer_of_a_wrong_share_is_told(self):
        deals = [m["deal"] for m in MEMBERS]
        deals[3] = MEMBERS[2]["deal"]
        told = self.ask("share_check", i=1, seed=MEMBERS[0]["seed"], deals=deals, **self.ceremony())
        self.assertEqual(told, {"wrong": 4})

    def test_papers_are_finalised_to_the_pages_tokens(self):
        for vote in VECTORS["votes"]:
            for paper in vote["papers"]:
                wanted = {k: paper[k] for k in ("serial", "blind", "evaluated", "proof")}
                told = self.ask("finalise", paper_key=vote["paper_key"], **wanted)
                self.assertEqual(told, {"token": paper["token"]})
                told = self.ask("finalise", paper_key=CEREMONY["key"], **wanted)
                self.assertIn("does not hold", told["error"])

    def test_papers_of_the_pages_boxes_recount(self):
        for vote in VECTORS["votes"]:
            told = self.ask("recount", box=published(vote))
            self.assertEqual((told["failed"], told["counted"]), ("ok", True), told)
            box = published(vote)
            box["counts"][0][0] += 1
            self.assertEqual(self.ask("recount", box=box)["failed"], "counts")

    def test_openings_and_ballots_of_the_tool_fit_into_the_pages_box(self):
        vote = VECTORS["votes"][2]
        box = published(vote)
        paper = vote["papers"][0]
        sealed = self.ask("seal", council=COUNCIL, vote=vote["vote"], key=CEREMONY["key"],
                          subjects=vote["subjects"], options=vote["options"], select=vote["select"],
                          serial=paper["serial"], choices=[[1], [0, 2]])
        for entry in box["entries"]:
            if entry["serial"] == paper["serial"]:
                entry["ballot"] = sealed["ballot"]
        self.reseal(box)
        box["openings"], box["counts"] = [], [[0, 2, 0], [1, 1, 2]]
        self.assertEqual(paper["choice"], [[], [0, 2]])
        for i in (5, 2, 4):
            told = self.ask("open", box=box, round=CEREMONY["round"], i=i,
                            seed=MEMBERS[i - 1]["seed"], joins=self.ceremony()["joins"],
                            deals=[m["deal"] for m in MEMBERS])
            box["openings"].append({"person": f"p{i}", "opening": told["opening"]})
        told = self.ask("recount", box=box)
        self.assertEqual((told["failed"], told["counted"]), ("ok", True), told)

    @staticmethod
    def reseal(box):
        def le32(n):
            return n.to_bytes(4, "little")
        council = box["council"].encode()
        whole = b"kyhop-box-v1" + le32(len(council)) + council + le32(box["vote"]) + le32(box["number"])
        for entry in box["entries"]:
            whole += decode(entry["serial"]) + decode(entry["token"]) + decode(entry["ballot"])
        box["hash"] = hashlib.sha256(whole).hexdigest()

    def test_a_new_paper_is_another_each_time(self):
        first, second = self.ask("paper"), self.ask("paper")
        for field in ("serial", "blind", "paper"):
            self.assertNotEqual(first[field], second[field])

    def test_what_is_wrong_is_told_and_the_tool_goes_on(self):
        self.tool.stdin.write("no JSON\n")
        self.tool.stdin.flush()
        self.assertIn("error", json.loads(self.tool.stdout.readline()))
        for verb in ("", "join_", "deal", "keys", "share_check", "finalise", "seal", "open"):
            self.assertIn("error", self.ask(verb), verb)
        self.assertEqual(self.ask("recount")["failed"], "form")


if __name__ == "__main__":
    main()
