#!/usr/bin/python3
"""A speaker is lost: connection and sound are gone. The procedure decides, after its own time."""
import asyncio
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from kyhop import Server, open_sitting
from lib import main
from voice import Voice


def server(test):
    """A test that gets a server whose procedure waits one second for a lost speaker."""
    settings = "lost_speaker_s = 1"

    def wrapped(self):
        async def inside():
            place = Server(settings=settings).start()
            try:
                await asyncio.wait_for(test(self, place), 120)
            finally:
                place.close()
        asyncio.run(inside())
    wrapped.__doc__ = test.__doc__
    return wrapped


def speech_of(state):
    (speech,) = state["floor"]["speeches"]
    return speech


def is_lost(state, person):
    return next(p for p in state["persons"] if p["id"] == person).get("lost", False)


class Lost(unittest.TestCase):
    @server
    async def test_the_clock_stops_the_chair_is_asked_and_who_is_back_goes_on(self, place):
        chair, _ = await open_sitting(place)
        speaker = await place.join("db02")
        await chair.call("floor.grant", person="db02", kind="speech")
        await speaker.leave()
        await chair.event("presence.lost", person="db02")
        stopped = await chair.event("floor.stopped", person="db02")
        asked = await chair.event("ask.opened")
        self.assertEqual(asked["ask_text"]["code"], "speaker_lost")
        self.assertTrue(asked["ask_text"]["rule"])
        self.assertGreaterEqual(stopped["spent_ms"], 1000)
        state = await chair.snapshot()
        self.assertTrue(is_lost(state, "db02"))
        self.assertEqual(speech_of(state)["mic"], "muted")
        await asyncio.sleep(0.5)
        speaker = await place.join("db02", speaker.token)
        await chair.event("presence.back", person="db02")
        await chair.event("floor.resumed", person="db02")
        notice = await chair.event("notice")
        self.assertEqual(notice["reason"]["code"], "speaker_back")
        state = await chair.snapshot()
        self.assertFalse(is_lost(state, "db02"))
        speech = speech_of(state)
        self.assertEqual((speech["mic"], speech["running"]), ("live", True))
        self.assertEqual(speech["spent_ms"], stopped["spent_ms"])  # the wait was not charged

    @server
    async def test_who_is_away_for_less_or_still_has_sound_is_not_lost(self, place):
        chair, _ = await open_sitting(place)
        quick = await place.join("db02")
        await chair.call("floor.grant", person="db02", kind="speech")
        await quick.leave()
        quick = await place.join("db02", quick.token)
        voice = Voice()
        await voice.join(quick)
        await quick.leave()
        await asyncio.sleep(2)
        state = await chair.snapshot()
        self.assertEqual(speech_of(state)["running"], True)
        operator = await place.join("kythuat")
        await operator.call("media.leave", person="db02")  # now the sound is gone, too
        await chair.event("presence.lost", person="db02")
        await chair.event("floor.stopped", person="db02")
        voice.close()

    @server
    async def test_who_is_called_while_away_gets_the_same_time_and_the_hall_is_left_alone(self, place):
        chair, _ = await open_sitting(place)
        away = await place.join("db02")
        await away.leave()
        await chair.call("floor.grant", person="db02", kind="speech")
        granted = await chair.event("floor.granted", person="db02")
        await chair.event("floor.stopped", person="db02")
        stopped = await chair.event("floor.stopped", person="db02")
        self.assertGreaterEqual(stopped["spent_ms"], 1000)
        self.assertGreater(stopped["seq"], granted["seq"])
        await chair.call("floor.grant", person="db03", kind="speech")  # never seen: in the hall
        await asyncio.sleep(1.5)
        lost = [e["person"] for e in chair.events if e["type"] == "presence.lost"]
        self.assertEqual(lost, ["db02"])

    @server
    async def test_a_restart_keeps_who_is_lost_and_waits_for_the_remote(self, place):
        chair, _ = await open_sitting(place)
        speaker = await place.join("db02")
        await speaker.call("attendance.check_in", remote=True)
        await chair.call("floor.grant", person="db02", kind="speech")
        place.kill()
        place.start()
        chair = await place.join("db01", chair.token)
        if not is_lost(chair.state, "db02"):
            await chair.event("presence.lost", person="db02")
        await chair.event("ask.opened") if not chair.state["asks"] else None
        before = await chair.snapshot()
        self.assertTrue(is_lost(before, "db02"))
        place.kill()
        place.start()
        chair = await place.join("db01", chair.token)
        self.assertEqual(speech_of(await chair.snapshot()), speech_of(before))
        await place.join("db02", speaker.token)
        await chair.event("floor.resumed", person="db02")
        ask = (await chair.snapshot())["asks"][0]["ask"]
        await chair.call("floor.answer", ask=ask, answer="take_back")
        state = await chair.snapshot()
        self.assertEqual(speech_of(state)["running"], True)  # who is back keeps the floor
        status, text = place.run("verify", place.data)
        self.assertEqual(status, 0, text)

    @server
    async def test_the_chair_takes_the_floor_of_a_lost_speaker_back(self, place):
        chair, _ = await open_sitting(place)
        speaker = await place.join("db02")
        await chair.call("floor.grant", person="db02", kind="speech")
        await speaker.leave()
        asked = await chair.event("ask.opened")
        await chair.call("floor.answer", ask=asked["ask"], answer="take_back")
        revoked = await chair.event("floor.revoked", person="db02")
        self.assertEqual(revoked["note"], "speaker_lost")
        self.assertEqual((await chair.snapshot())["floor"]["speeches"], [])


if __name__ == "__main__":
    main()
