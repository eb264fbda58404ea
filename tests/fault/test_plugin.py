#!/usr/bin/python3
"""A broken procedure: the sitting goes on by hand, everybody is told, the sound has no gap."""
import asyncio
import os
import shutil
import sys
import tempfile
import unittest

import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "server"), os.path.join(HERE, "..", "api")]
from kyhop import ROOT, Server, open_sitting
from lib import main
from voice import Aside, Voice

HZ = 700
BREAKS = {
    "an error": "error('broken on purpose')",
    "an endless loop": "while true do end",
    "too much memory": "local t = {} while true do t[#t + 1] = ('x'):upper() .. #t end",
    "nonsense": "return { lane = 7, priority = {} }",
}


class Broken:
    """A copy of the plugins whose on_request of hai-phong can be broken and mended."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kyhop-plugins-")
        self.plugins = os.path.join(self.folder.name, "plugins")
        shutil.copytree(os.path.join(ROOT, "plugins"), self.plugins)
        self.file = os.path.join(self.plugins, "hai-phong", "procedure.lua")
        with open(self.file, encoding="utf-8") as file:
            self.sound = file.read()

    def break_it(self, how):
        """The procedure as it is, but its on_request does @how."""
        wrapped = ("local sound = (function()\n" + self.sound + "\nend)()\n"
                   "function sound.on_request(ctx, request) " + how + " end\nreturn sound\n")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(wrapped)

    def mend(self):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(self.sound)


class Plugin(unittest.TestCase):
    def test_every_kind_of_broken_hook_leaves_a_sitting_by_hand_and_a_whole_sound(self):
        asyncio.run(asyncio.wait_for(self.sitting(), 180))

    async def sitting(self):
        broken = Broken()
        # A fixed depth: this process may be late on a busy machine, and that is not the question.
        server = Server(plugins=broken.plugins, media="depth_ms = 100").start()
        try:
            chair, _ = await open_sitting(server)
            it = await server.join("cntt")
            people = [await server.join(f"db{n:02d}") for n in range(2, 8)]
            voice, ear = Voice(), Voice()
            voice.tone_hz = HZ
            await voice.join(people[0])
            await ear.join(people[1])
            await chair.call("floor.grant", person="db02", kind="speech")
            aside = Aside([voice, ear])
            await asyncio.sleep(1.5)
            try:
                for person, (name, how) in zip(people[2:], BREAKS.items()):
                    with self.subTest(name):
                        await self.one(broken, how, it, chair, person)
            finally:
                heard = aside.stop()
            self.assert_whole(heard[1])
        finally:
            server.close()

    async def one(self, broken, how, it, chair, person):
        broken.break_it(how)
        await it.call("procedure.reload")
        start = len(chair.events)
        answer = await person.call("floor.request", kind="speech")
        self.assertEqual(answer["state"], "accepted")
        failed = await chair.event("procedure.failed", start)
        self.assertTrue(failed["note"])
        await chair.call("floor.grant", request=answer["request"])
        await asyncio.sleep(0.3)
        await chair.call("floor.revoke", person=person.name)
        broken.mend()
        await it.call("procedure.reload")
        await asyncio.sleep(0.2)

    def assert_whole(self, samples):
        """No frame of what the listener heard lacks the tone."""
        frames = samples[:len(samples) // 960 * 960].reshape(-1, 960)
        level = numpy.sqrt(numpy.mean(frames ** 2, axis=1))
        self.assertGreater(len(level), 80)
        self.assertGreater(level.min(), level.max() / 3)

    def test_a_procedure_that_does_not_load_leaves_the_neutral_policy(self):
        asyncio.run(asyncio.wait_for(self.neutral(), 60))

    async def neutral(self):
        broken = Broken()
        with open(broken.file, "w", encoding="utf-8") as file:
            file.write("return {")
        server = Server(plugins=broken.plugins).start()
        try:
            chair, _ = await open_sitting(server)
            person = await server.join("db02")
            request = (await person.call("floor.request", kind="anything"))["request"]
            await chair.call("floor.next")
            self.assertEqual((await person.event("floor.granted"))["request"], request)
            vote = (await chair.call("vote.open", type="any", question="?"))["vote"]
            await person.call("vote.cast", vote=vote, choice="for")
            await chair.call("vote.close", vote=vote)
            self.assertEqual((await chair.event("vote.closed"))["result"]["outcome"], "counted")
            status, text = server.run("check", os.path.dirname(broken.file))
            self.assertEqual(status, 1)
            self.assertIn("procedure.lua:", text)
        finally:
            server.close()


if __name__ == "__main__":
    main()
