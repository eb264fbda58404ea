#!/usr/bin/python3
"""kill -9 at random moments under load: everything that was answered or published is found again.

One journal lives through all the kills. The number of kills is KH_KILLS (default 200).
"""
import asyncio
import os
import random
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "server"), os.path.join(HERE, "..", "api")]
from kyhop import RpcError, Server
from lib import main

KILLS = int(os.environ.get("KH_KILLS", "200"))
DELEGATES = [f"db{n:02d}" for n in range(2, 10)]
CHOICES = ["for", "against", "abstain"]


class Load:
    """People who ask, grant, mute and vote as fast as they are answered, until the server dies."""

    def __init__(self, people, seed):
        self.people, self.random = people, random.Random(seed)
        self.acknowledged = []  # (person, method, params, key, result)
        self.begun = {}  # person -> (vote, choice) sent but not answered

    async def ask(self, name, method, **params):
        key = f"{name}-{self.random.getrandbits(60):x}"
        if method == "vote.cast":
            self.begun[name] = (params["vote"], params["choice"])
        try:
            result = await self.people[name].call(method, key=key, **params)
        except RpcError:
            self.begun.pop(name, None)
            return None
        self.begun.pop(name, None)
        self.acknowledged.append((name, method, params, key, result))
        return result

    async def delegate(self, name):
        while True:
            what = self.random.random()
            if what < 0.5:
                request = await self.ask(name, "floor.request", kind="point_of_order")
                if request and self.random.random() < 0.3:
                    await self.ask(name, "floor.withdraw", request=request["request"])
            elif what < 0.8 and self.vote:
                await self.ask(name, "vote.cast", vote=self.vote,
                               choice=self.random.choice(CHOICES))
            else:
                await self.ask(name, "floor.release")
            await asyncio.sleep(self.random.random() * 0.004)

    async def chair(self):
        while True:
            name = self.random.choice(DELEGATES)
            method, params = self.random.choice([
                ("floor.next", {}), ("floor.next", {}), ("floor.next", {}),
                ("floor.extend", {"person": name, "by_ms": 60000}),
                ("mic.mute", {"person": name}), ("mic.unmute", {"person": name}),
                ("floor.revoke", {"person": name}),
            ])
            await self.ask("db01", method, **params)
            await asyncio.sleep(self.random.random() * 0.004)

    async def run(self, vote, seconds):
        self.vote = vote
        tasks = [asyncio.ensure_future(self.chair())]
        tasks += [asyncio.ensure_future(self.delegate(name)) for name in DELEGATES]
        await asyncio.sleep(seconds)
        return tasks


def with_server(test):
    """A test in an event loop of its own, with a sitting in progress."""
    def wrapped(self):
        async def inside():
            await self.begin()
            try:
                await test(self)
            finally:
                self.server.close()
        asyncio.run(inside())
    return wrapped


class Kill(unittest.TestCase):
    async def begin(self):
        self.server = Server().start()
        self.tokens = {n: self.server.token(n) for n in ["db01", "thuky1"] + DELEGATES}
        people = await self.connect()
        await people["db01"].call("session.open")
        for n in range(1, 51):
            await people["thuky1"].call("attendance.check_in", person=f"db{n:02d}")
        await people["db01"].call("sitting.open")
        await people["db01"].call("agenda.start", item="thao-luan")
        self.back_s = []
        self.people = people

    async def connect(self):
        people = {}
        for name, token in self.tokens.items():
            people[name] = await self.server.join(name, token)
        return people

    async def vote(self):
        """The open vote; now and then the old one is closed and a new one opened."""
        chair = self.people["db01"]
        votes = [v for v in (await chair.snapshot())["votes"] if v["state"] == "open"]
        if votes and random.random() < 0.2:
            await chair.call("vote.close", vote=votes[0]["vote"])
            votes = []
        if votes:
            return votes[0]["vote"]
        return (await chair.call("vote.open", type="resolution", question="?"))["vote"]

    async def one_kill(self, number):
        vote = await self.vote()
        load = Load(self.people, number)
        tasks = await load.run(vote, random.uniform(0.01, 0.25))
        self.server.kill()
        for person in self.people.values():
            await asyncio.wait_for(person.reader, 10)
        await asyncio.gather(*tasks, return_exceptions=True)
        seen = {n: {e["seq"]: e for e in p.events} for n, p in self.people.items()}
        begun = time.monotonic()
        self.server.start()
        self.back_s.append(time.monotonic() - begun)
        self.people = await self.connect()
        await self.check_events(seen["thuky1"])
        await self.check_answers(load)
        await self.check_ballots(load, vote)

    async def check_events(self, seen):
        """Every event that the clerk was told is there, word for word (as far back as the server
        keeps for those who resume)."""
        seen = {seq: event for seq, event in seen.items() if seq > max(seen) - 500}
        if not seen:
            return
        clerk = await self.server.join("thuky1", self.tokens["thuky1"],
                                       resume_from=min(seen) - 1)
        self.people["thuky1"] = clerk
        last = max(seen)
        await clerk.event(seen[last]["type"], seq=last)
        again = {event["seq"]: event for event in clerk.events}
        for seq, event in seen.items():
            self.assertEqual(event, again.get(seq))

    async def check_answers(self, load):
        """Every answered request with a key is answered the same again, and done once."""
        for name, method, params, key, result in load.acknowledged[-900:]:
            made = {k: result[k] for k in ("request", "vote") if k in result}
            if not made or method == "floor.next":
                continue
            again = await self.people[name].call(method, key=key, **params)
            self.assertTrue(again.get("repeated"), f"{method} {params} was done again")
            for word, number in made.items():
                self.assertEqual(again[word], number)

    async def check_ballots(self, load, vote):
        """The last answered choice of each voter, or the one that was on its way, is recorded."""
        last = {}
        for name, method, params, _, _ in load.acknowledged:
            if method == "vote.cast" and params["vote"] == vote:
                last[name] = params["choice"]
        for name, choice in last.items():
            votes = (await self.people[name].snapshot())["votes"]
            mine = next(v.get("mine") for v in votes if v["vote"] == vote)
            allowed = {choice}
            if load.begun.get(name, (0, 0))[0] == vote:
                allowed.add(load.begun[name][1])
            self.assertIn(mine, allowed)

    @with_server
    async def test_nothing_that_was_answered_or_published_is_lost(self):
        ends = {}
        for number in range(KILLS):
            await self.one_kill(number)
            floor = (await self.people["db01"].snapshot())["floor"]
            for speech in floor["speeches"]:
                extended = [e for e in self.people["db01"].events if e["type"] == "floor.extended"]
                if speech["request"] in ends and not extended:
                    self.assertGreaterEqual(speech["ends_at"], ends[speech["request"]])
                ends[speech["request"]] = speech["ends_at"]
        status, text = self.server.run("verify", self.server.data)
        self.assertEqual(status, 0, text)
        self.back_s.sort()
        print(f"# {KILLS} kills; {text.strip()}; back after {self.back_s[KILLS // 2]:.2f} s in the "
              f"middle, {self.back_s[-1]:.2f} s at worst")

    @with_server
    async def test_the_time_left_and_the_votes_are_the_same_after_a_kill(self):
        chair = self.people["db01"]
        await chair.call("floor.grant", person="db02", kind="speech")
        await chair.call("floor.extend", person="db02", by_ms=60000)
        vote = await self.vote()
        for name, choice in zip(DELEGATES, CHOICES * 3):
            await self.people[name].call("vote.cast", vote=vote, choice=choice)
        before = await self.people["db02"].snapshot()
        self.server.kill()
        self.server.start()
        self.people = await self.connect()
        after = await self.people["db02"].snapshot()
        self.assertEqual(before["floor"], after["floor"])
        self.assertEqual(before["votes"], after["votes"])
        self.assertEqual(before["persons"], after["persons"])


if __name__ == "__main__":
    main()
