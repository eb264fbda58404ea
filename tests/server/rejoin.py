"""kill -9 while many browsers listen to a speech; the server starts again and all come back at once.

The server is the real process; the browsers' sound is tests/bench/rejoin_rig in another process,
their connections are WebSockets of this one. The speaker and one listener are plain RTP, in a
process of their own, so that nothing here disturbs them.
"""
import asyncio
import csv
import json
import os
import time

import numpy

from kyhop import KYHOP, PATIENCE_S, Server
from voice import Aside, Voice

HZ, FRAME = 700, 960


class Ears(Aside):
    """All of what they hear, from the first packet on."""
    SETTLE_TICKS = -1


def write_roster(path, people):
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "group", "seat", "roles"])
        for i in range(people):
            rows.writerow([f"d{i:04d}", f"Đại biểu {i + 1}", "", "", "delegate"])
        rows.writerow(["chair", "Chủ tọa", "", "", "chair secretary"])
        rows.writerow(["operator", "Kỹ thuật viên", "", "", "operator"])
        rows.writerow(["speaker", "Đại biểu phát biểu", "", "", "delegate"])
        rows.writerow(["listener", "Đại biểu nghe", "", "", "delegate"])


def broken_frames(samples):
    """(how many, of how many): frames of 20 ms without the tone, from where it is first heard."""
    frames = samples[:len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    level = numpy.sqrt(numpy.mean(frames ** 2, axis=1))
    if len(level) == 0 or level.max() < 0.01:
        return len(level), len(level)
    heard = level[numpy.argmax(level > level.max() / 2) + 1:]
    return int(numpy.sum(heard < level.max() / 3)), len(heard)


class Rig:
    """The browsers' sound."""

    async def start(self, n):
        program = os.path.join(os.path.dirname(KYHOP), "tests", "bench", "rejoin_rig")
        self.process = await asyncio.create_subprocess_exec(
            program, str(n), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=1 << 20)
        self.offers = [(await self.line())["offer"] for _ in range(n)]
        return self

    async def line(self):
        return json.loads(await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_S))

    def answer(self, index, answer):
        self.process.stdin.write(json.dumps({"index": index, "answer": answer}).encode() + b"\n")

    async def heard(self, n):
        """When each of @n hears the hall again, in seconds of time.monotonic()."""
        return [(await self.line())["heard_at"] for _ in range(n)]

    async def stop(self):
        """How many packets were bad."""
        self.process.stdin.close()
        bad = (await self.line())["bad"]
        await self.process.wait()
        return bad


class Rejoin:
    """One measurement; .result is the figures."""

    def __init__(self, people, folder):
        self.people, roster = people, os.path.join(folder, "roster.csv")
        write_roster(roster, people)
        self.server = Server(roster=roster, folder=folder, webrtc="true", media="depth_ms = 100",
                             settings='quorum = "none"')
        self.voices = [Voice(), Voice()]
        self.voices[0].tone_hz = HZ

    def tokens(self):
        """Of everybody, invited in one go."""
        status, text = self.server.run("invite", self.server.config, "--all")
        if status != 0:
            raise AssertionError(text)
        codes = [line.rsplit("=", 1)[1] for line in text.splitlines()]
        return [self.server.exchange(code) for code in codes]

    async def greet(self):
        """The staff's connections, and the sound of speaker and listener."""
        chair, operator = self.staff
        self.chair = await self.server.join("chair", chair)
        self.operator = await self.server.join("operator", operator)
        for voice, person in zip(self.voices, ("speaker", "listener")):
            await voice.join(self.operator, person)

    async def browser(self, index, token, seq):
        """What a page does: connect, go on from the event it knows, join the sound."""
        person = await self.server.join(f"d{index:04d}", token, resume_from=seq)
        answer = await person.call("media.join", transport="webrtc", offer=self.rig.offers[index])
        self.rig.answer(index, answer["answer"])
        return person

    async def all_browsers(self):
        """Everybody at once; seconds until each hears the hall."""
        seq = self.chair.seq
        begun = time.monotonic()
        heard, *self.connections = await asyncio.gather(
            self.rig.heard(self.people),
            *(self.browser(i, token, seq) for i, token in enumerate(self.delegates)))
        return sorted(at - begun for at in heard)

    async def run(self):
        try:
            self.server.start()
            return await self.measure()
        finally:
            for voice in self.voices:
                voice.close()
            self.server.close()

    async def measure(self):
        tokens = self.tokens()
        self.delegates, self.staff = tokens[:self.people], tokens[self.people:self.people + 2]
        self.rig = await Rig().start(self.people)
        await self.greet()
        await self.chair.call("session.open")
        await self.chair.call("sitting.open")
        await self.chair.call("attendance.check_in", person="speaker", remote=True)
        await self.chair.call("floor.grant", person="speaker", kind="speech")
        await self.all_browsers()
        self.server.kill()
        killed = time.monotonic()
        self.server.start()
        ready = time.monotonic() - killed
        await self.greet()
        ears = Ears(self.voices)
        await asyncio.sleep(0.3)
        back = await self.all_browsers()
        await asyncio.sleep(1)
        broken, frames = broken_frames(ears.stop()[1])
        return {"ready_s": ready, "back_s": back, "broken": broken, "frames": frames,
                "bad": await self.rig.stop()}
