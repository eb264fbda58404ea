#!/usr/bin/python3
"""A real sitting through the whole server: people over the API, their voices over RTP."""
import asyncio
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from kyhop import RpcError, Server, open_sitting
from lib import main
from voice import Voice, run

SETTLE_S, LISTEN_S = 0.6, 1.0
A_HZ, B_HZ = 500, 1300


class Hall:
    """A server with an open sitting; db02 and db03 have voices, db04 listens."""

    async def __aenter__(self):
        self.server = Server().start()
        self.chair, self.clerk = await open_sitting(self.server)
        self.people, self.voices = {}, {}
        for name, hz in (("db02", A_HZ), ("db03", B_HZ), ("db04", None)):
            await self.seat(name, hz)
        return self

    async def seat(self, name, hz, token=None):
        person = self.people[name] = await self.server.join(name, token)
        voice = self.voices.setdefault(name, Voice())
        voice.tone_hz = hz
        await voice.join(person)

    async def __aexit__(self, *error):
        for voice in self.voices.values():
            voice.close()
        self.server.close()

    async def listen(self, seconds=LISTEN_S, settle=SETTLE_S):
        """What everybody hears from now on, once the change before has passed."""
        await run(self.voices.values(), settle, asyncio.sleep)
        for voice in self.voices.values():
            voice.forget()
        await run(self.voices.values(), seconds, asyncio.sleep)

    async def speak(self, name):
        return await self.chair.call("floor.grant", person=name, kind="speech")


def sitting(test):
    """A test that gets a Hall."""
    def wrapped(self):
        async def inside():
            async with Hall() as hall:
                await asyncio.wait_for(test(self, hall), 120)
                hall.server.stop()
        asyncio.run(inside())
    wrapped.__doc__ = test.__doc__
    return wrapped


class Sound(unittest.TestCase):
    @sitting
    async def test_nobody_is_heard_without_the_floor(self, hall):
        await hall.people["db02"].call("floor.request", kind="speech")
        await hall.listen()
        for name, voice in hall.voices.items():
            self.assertGreater(voice.packets, 50, name)
            self.assertEqual(voice.audible_frames(), 0, name)

    @sitting
    async def test_a_granted_person_is_heard_by_all_and_not_by_self(self, hall):
        await hall.speak("db02")
        await hall.speak("db03")
        await hall.listen()
        a, b, c = (hall.voices[n] for n in ("db02", "db03", "db04"))
        self.assertGreater(c.level(A_HZ), -20)
        self.assertGreater(c.level(B_HZ), -20)
        self.assertGreater(a.level(B_HZ), -20)
        self.assertLess(a.level(A_HZ), c.level(A_HZ) - 40)
        self.assertGreater(b.level(A_HZ), -20)
        self.assertLess(b.level(B_HZ), c.level(B_HZ) - 40)

    @sitting
    async def test_who_is_muted_revoked_or_suspended_is_silent_and_comes_back(self, hall):
        listener = hall.voices["db04"]
        await hall.speak("db02")
        await hall.chair.call("mic.mute", person="db02")
        refusal = await hall.people["db02"].refused("mic.unmute")
        self.assertEqual(refusal.data["code"], "muted_by_chair")
        await hall.listen()
        self.assertEqual(listener.audible_frames(), 0)
        await hall.chair.call("mic.unmute", person="db02")
        await hall.listen()
        self.assertGreater(listener.level(A_HZ), -20)
        await hall.chair.call("sitting.suspend")
        await hall.listen()
        self.assertEqual(listener.audible_frames(), 0)
        await hall.chair.call("sitting.resume")
        await hall.listen()
        self.assertGreater(listener.level(A_HZ), -20)
        await hall.chair.call("floor.revoke", person="db02", reason="lạc đề")
        await hall.listen()
        self.assertEqual(listener.audible_frames(), 0)
        revoked = await hall.people["db02"].event("floor.revoked")
        self.assertEqual(revoked["note"], "lạc đề")

    @sitting
    async def test_a_killed_server_comes_back_with_the_speech_the_vote_and_the_sound(self, hall):
        speaker = hall.people["db02"]
        await hall.speak("db02")
        vote = (await hall.chair.call("vote.open", type="resolution", question="?"))["vote"]
        await speaker.call("vote.cast", vote=vote, choice="against")
        before = await speaker.snapshot()
        hall.server.kill()
        hall.server.start()
        for name, hz in (("db02", A_HZ), ("db03", None), ("db04", None)):
            await hall.seat(name, hz, hall.people[name].token)
        after = await hall.people["db02"].snapshot()
        self.assertEqual(before["floor"]["speeches"], after["floor"]["speeches"])
        self.assertEqual([v["mine"] for v in after["votes"]], ["against"])
        await hall.listen()
        self.assertGreater(hall.voices["db04"].level(A_HZ), -20)

    @sitting
    async def test_the_recording_has_each_speech_where_the_journal_says(self, hall):
        await run(hall.voices.values(), 0.5, asyncio.sleep)
        await hall.speak("db02")
        await run(hall.voices.values(), 1.5, asyncio.sleep)
        await hall.chair.call("floor.revoke", person="db02")
        start = await hall.chair.event("recording.marked", edge="start", person="db02")
        end = await hall.chair.event("recording.marked", edge="end", person="db02")
        await run(hall.voices.values(), 0.5, asyncio.sleep)
        await hall.chair.call("sitting.close")
        name = (await hall.chair.event("recording.stopped"))["name"]
        path = os.path.join(hall.server.data, "recordings", name)
        begin, finish = find_sound(path)
        self.assertLessEqual(abs(begin - start["offset_ms"]), 20)
        self.assertLessEqual(abs(finish - end["offset_ms"]), 20)


def find_sound(path):
    """Where the one loud stretch of a recording begins and ends, in ms."""
    import numpy
    raw = subprocess.run(["opusdec", "--quiet", "--rate", "48000", "--force-stereo", path, "-"],
                         capture_output=True, check=True).stdout
    samples = numpy.frombuffer(raw[44:len(raw) // 4 * 4], numpy.int16)[::2].astype(float) / 32768
    steps = samples[:len(samples) // 48 * 48].reshape(-1, 48)
    loud = numpy.flatnonzero(numpy.sqrt(numpy.mean(steps ** 2, axis=1)) > 0.02)
    return int(loud[0]), int(loud[-1]) + 1


class Rules(unittest.TestCase):
    @sitting
    async def test_a_refusal_has_words_in_both_languages_and_a_rule(self, hall):
        speaker = hall.people["db02"]
        for _ in range(2):
            await hall.speak("db02")
            await speaker.call("floor.release")
        refusal = await speaker.refused("floor.request", kind="speech")
        self.assertEqual(refusal.code, -32003)
        self.assertEqual(refusal.data["code"], "max_two")
        self.assertTrue(refusal.data["reason"]["vi"] and refusal.data["reason"]["en"])
        self.assertTrue(refusal.data["rule"])

    @sitting
    async def test_a_resolution_needs_more_than_half_of_all_in_office(self, hall):
        vote = (await hall.chair.call("vote.open", type="resolution", question="?"))["vote"]
        voters = [hall.chair] + list(hall.people.values())
        for number in range(5, 39):
            voters.append(await hall.server.join(f"db{number:02d}"))
        for voter in voters[:37]:
            await voter.call("vote.cast", vote=vote, choice="for")
        await voters[37].call("vote.cast", vote=vote, choice="against")
        await voters[37].call("vote.cast", vote=vote, choice="for")
        await hall.chair.call("vote.close", vote=vote)
        result = (await hall.chair.event("vote.closed"))["result"]
        self.assertEqual(result["outcome"], "passed")
        self.assertEqual(result["counts"][0]["named"]["for"], 38)
        self.assertIn("38", result["explanation"]["vi"])
        self.assertIn("75", result["explanation"]["en"])

    @sitting
    async def test_a_running_turnout_is_told_now_and_then_and_is_right_before_the_end(self, hall):
        vote = (await hall.chair.call("vote.open", type="resolution", question="?"))["vote"]
        voter, other = hall.people["db02"], hall.people["db03"]
        start = len(other.events)
        for n in range(40):
            choice = ("for", "against")[n % 2]
            await voter.call("vote.cast", vote=vote, choice=choice)
            own = voter.events[-1]
            self.assertEqual((own["type"], own["choice"]), ("vote.cast", choice))
        await hall.people["db04"].call("vote.cast", vote=vote, choice="for")
        await hall.chair.call("vote.close", vote=vote)
        await other.event("vote.closed")
        told = other.events[start:]
        casts = [event for event in told if event["type"] == "vote.cast"]
        self.assertLess(len(casts), 30)
        self.assertEqual(casts[-1]["turnout"], 2)
        self.assertFalse(any("choice" in event for event in casts))
        numbers = [event["seq"] for event in told]
        self.assertEqual(numbers, sorted(set(numbers)))
        for before, after in zip(told, told[1:]):
            if after["type"] != "vote.cast":
                self.assertEqual(after["seq"], before["seq"] + 1)

    @sitting
    async def test_the_same_key_does_a_thing_once_also_over_a_kill(self, hall):
        speaker = hall.people["db02"]
        first = await speaker.call("floor.request", kind="speech", key="once")
        hall.server.kill()
        hall.server.start()
        speaker = await hall.server.join("db02", speaker.token)
        again = await speaker.call("floor.request", kind="speech", key="once")
        self.assertEqual(first["request"], again["request"])
        self.assertTrue(again["repeated"])
        self.assertEqual(len((await speaker.snapshot())["floor"]["queue"]), 1)

    @sitting
    async def test_bad_calls_get_clear_errors_and_lose_nothing(self, hall):
        speaker = hall.people["db02"]
        for method, params, code in (
                ("floor.request", {}, -32602),
                ("floor.request", {"kind": 7}, -32602),
                ("floor.request", {"kind": "x" * 400}, -32602),
                ("floor.request", {"kind": "no-such-kind"}, -32003),
                ("floor.withdraw", {"request": 99}, -32004),
                ("vote.cast", {"vote": 1, "choice": "for"}, -32004),
                ("clock.expire", {"request": 1}, -32601),
                ("no.such.method", {}, -32601),
                ("media.join", {"transport": "pigeon"}, -32602),
                ("media.join", {"transport": "rtp", "address": "nowhere", "port": 1}, -32602),
                ("media.join", {"transport": "rtp", "address": "203.0.113.9", "port": 9}, -32602),
                ("media.join", {"transport": "webrtc", "offer": "v=0"}, None),
                ("session.close", {}, -32002)):
            error = await speaker.refused(method, **params)
            if code:
                self.assertEqual(error.code, code, f"{method} {params}: {error}")
        self.assertEqual((await speaker.snapshot())["phase"], "sitting")


if __name__ == "__main__":
    main()
