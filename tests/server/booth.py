"""Voters and members of the counting committee, as tests need them; their cryptography is done by
tests/box/voter (KH_VOTER)."""
import json
import os
import subprocess
import urllib.error
import urllib.request

from kyhop import PATIENCE_S, ROOT

VOTER = os.environ.get("KH_VOTER", os.path.join(ROOT, "build", "tests", "box", "voter"))
COUNCIL = "hai-phong"
OPTIONS = ["for", "against", "abstain"]


def ask_voter(**request):
    done = subprocess.run([VOTER], input=json.dumps(request) + "\n", capture_output=True, text=True,
                          check=True)
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise AssertionError(f"{request['verb']}: {answer['error']}")
    return answer


def post(server, body, path=f"/box/{COUNCIL}"):
    """(status, answer) of a ballot posted without login."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", data)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else {}


def get(server, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=PATIENCE_S) as answer:
        return json.load(answer)


class Committee:
    """Members who make the box key; @needed of them open it."""

    def __init__(self, needed):
        self.needed, self.round, self.key = needed, 0, None
        self.seeds, self.joins, self.deals = [], [], []

    def about(self, i):
        return {"council": COUNCIL, "round": self.round, "needed": self.needed, "joins": self.joins,
                "i": i, "seed": self.seeds[i - 1]}

    async def deal(self, chair, members):
        """The ceremony up to the shares; @members are connected people."""
        before = len(chair.events)
        await chair.call("committee.form", members=[m.name for m in members], needed=self.needed)
        self.round = (await chair.event("committee.formed", before))["number"]
        for i, member in enumerate(members, 1):
            own = ask_voter(verb="join", council=COUNCIL, round=self.round, i=i)
            self.seeds.append(own["seed"])
            self.joins.append(own["join"])
            await member.call("committee.join", join=own["join"])
        for i, member in enumerate(members, 1):
            deal = ask_voter(verb="deal", **self.about(i))["deal"]
            broken = ("B" if deal[0] != "B" else "C") + deal[1:]
            assert (await member.refused("committee.deal", deal=broken)).data["code"] == "field"
            self.deals.append(deal)
            await member.call("committee.deal", deal=deal)

    async def form(self, chair, members):
        """The whole ceremony."""
        await self.deal(chair, members)
        for i, member in enumerate(members, 1):
            assert ask_voter(verb="share_check", deals=self.deals, **self.about(i))["wrong"] == 0
            await member.call("committee.confirm")
        self.key = ask_voter(verb="keys", needed=self.needed, deals=self.deals)["key"]

    def opening(self, i, box):
        about = self.about(i)
        return ask_voter(verb="open", box=box, round=self.round, joins=self.joins, deals=self.deals,
                         i=i, seed=about["seed"])["opening"]


async def claim(voter, vote, paper_key, **giver):
    """A serial and its token."""
    own = ask_voter(verb="paper")
    signed = await voter.call("vote.claim", vote=vote, paper=own["paper"], **giver)
    again = await voter.call("vote.claim", vote=vote, paper=own["paper"], **giver)
    assert again["evaluated"] == signed["evaluated"]
    token = ask_voter(verb="finalise", serial=own["serial"], blind=own["blind"], paper_key=paper_key,
                      evaluated=signed["evaluated"], proof=signed["proof"])["token"]
    return own["serial"], token


def sealed(committee, vote, serial, choice):
    return ask_voter(verb="seal", council=COUNCIL, vote=vote, key=committee.key, subjects=1, options=3,
                     select={"min": 1, "max": 1}, serial=serial,
                     choices=[[OPTIONS.index(choice)]])["ballot"]
