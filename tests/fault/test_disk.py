#!/usr/bin/python3
"""A full disk: votes and floor are read-only and say so, microphones can still be closed, and all
goes on when there is room again. Needs a file system of its own (tmpfs), so root; else skipped."""
import asyncio
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "server"), os.path.join(HERE, "..", "api")]
from booth import COUNCIL, Committee, claim, get, post, sealed
from kyhop import Server, open_sitting
from lib import main
from voice import Voice, run

HZ = 700
BALLOTS = 16  # more than the rest of the box's last page can hold


class SmallDisk:
    """A folder on a tmpfs of a few MB, and the means to fill it."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="kyhop-disk-")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", self.folder],
                              capture_output=True, check=False)
        if done.returncode != 0:
            os.rmdir(self.folder)
            raise unittest.SkipTest("mounting is not permitted here")
        return self

    def fill(self):
        with open(os.path.join(self.folder, "filler"), "wb", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    pass

    def free(self):
        os.unlink(os.path.join(self.folder, "filler"))

    def __exit__(self, *error):
        subprocess.run(["umount", "-l", self.folder], check=False)
        os.rmdir(self.folder)


async def fill_until_refused(disk, person):
    """Fill the disk; SQLite's log may have room left, so go on until a request is refused."""
    for _ in range(2000):
        disk.fill()
        try:
            request = await person.call("floor.request", kind="point_of_order")
            await person.call("floor.withdraw", request=request["request"])
        except Exception as error:  # the refusal is what is looked for
            return error
    raise AssertionError("the disk never was full")


async def sitting(test, disk, settings=""):
    server = Server(folder=disk.folder, settings=settings).start()
    try:
        chair, clerk = await open_sitting(server)
        await test(server, chair, clerk)
    finally:
        server.close()


class Disk(unittest.TestCase):
    def test_a_full_disk_refuses_changes_and_closes_microphones(self):
        with SmallDisk() as disk:
            asyncio.run(asyncio.wait_for(sitting(self.inside(disk), disk), 120))

    def inside(self, disk):
        async def test(server, chair, clerk):
            speaker, listener = await server.join("db02"), await server.join("db03")
            voice, ear = Voice(), Voice()
            voice.tone_hz = HZ
            await voice.join(speaker)
            await ear.join(listener)
            await chair.call("floor.grant", person="db02", kind="speech")
            vote = (await chair.call("vote.open", type="resolution", question="?"))["vote"]
            await speaker.call("vote.cast", vote=vote, choice="for")
            error = await fill_until_refused(disk, listener)
            self.assertEqual(error.code, -32007)
            self.assertTrue(error.data["reason"]["vi"] and error.data["reason"]["en"])
            before = await chair.snapshot()

            refused = await speaker.refused("vote.cast", vote=vote, choice="against")
            self.assertEqual(refused.code, -32007)
            self.assertTrue(any(o.get("method") == "trouble" for o in chair.others))
            self.assertEqual(before["votes"], (await chair.snapshot())["votes"])

            await self.hears(voice, ear, True)
            closed = await chair.refused("mic.mute", person="db02")
            self.assertEqual(closed.data["code"], "closed_unrecorded")
            await self.hears(voice, ear, False)

            disk.free()
            await speaker.call("vote.cast", vote=vote, choice="against")
            await chair.call("mic.unmute", person="db02")
            await self.hears(voice, ear, True)
            mine = (await speaker.snapshot())["votes"][0]["mine"]
            self.assertEqual(mine, "against")
            server.kill()
            server.start()
            chair = await server.join("db01", chair.token)
            self.assertEqual((await chair.snapshot())["votes"][0]["turnout"], 1)
            status, text = server.run("verify", server.data)
            self.assertEqual(status, 0, text)
        return test

    async def hears(self, voice, ear, wanted):
        await run([voice, ear], 0.6, asyncio.sleep)
        ear.forget()
        await run([voice, ear], 0.6, asyncio.sleep)
        if wanted:
            self.assertGreater(ear.level(HZ), -20)
        else:
            self.assertEqual(ear.audible_frames(), 0)

    def test_a_ballot_that_finds_no_room_is_not_in_the_box_until_it_is_posted_again(self):
        settings = 'secret_form = "electronic", committee_members = 3, committee_needed = 2'
        with SmallDisk() as disk:
            asyncio.run(asyncio.wait_for(sitting(self.secret(disk), disk, settings), 120))

    def secret(self, disk):
        async def test(server, chair, clerk):
            committee = Committee(2)
            await committee.form(chair, [await server.join(p) for p in ("db02", "db03", "db04")])
            vote = (await chair.call("vote.open", type="elect", question="?"))["vote"]
            paper_key = (await chair.event("vote.papered", vote=vote))["paper_key"]
            ballots = [await self.ballot(server, committee, vote, paper_key, f"db{n:02}")
                       for n in range(5, 5 + BALLOTS)]
            taken, full = self.post_until_refused(server, disk, ballots)
            self.assertEqual((full["code"], full["rule"]), ("disk", "kyhop.40"))
            self.assertTrue(full["reason"]["vi"] and full["reason"]["en"])
            self.assertEqual((await chair.snapshot())["votes"][-1]["number"], taken)
            self.assertTrue(any(o.get("method") == "trouble" for o in chair.others))
            self.assertEqual(post(server, ballots[0]), (200, {"in_box": True}))  # it is there

            disk.free()
            self.assertEqual(post(server, ballots[taken]), (200, {"in_box": True}))
            server.kill()
            server.start()
            chair = await server.join("db01", take_over=True)
            self.assertEqual(chair.state["votes"][-1]["number"], taken + 1)
            for ballot in ballots:
                self.assertEqual(post(server, ballot), (200, {"in_box": True}))
            await chair.call("vote.close", vote=vote)
            boxed = await chair.event("vote.boxed", vote=vote)
            self.assertEqual(boxed["number"], BALLOTS)
            box = get(server, f"/box/{COUNCIL}/{vote}")
            self.assertEqual({e["serial"] for e in box["entries"]}, {b["serial"] for b in ballots})
        return test

    async def ballot(self, server, committee, vote, paper_key, person):
        serial, token = await claim(await server.join(person), vote, paper_key)
        return {"vote": vote, "serial": serial, "token": token,
                "ballot": sealed(committee, vote, serial, "for")}

    def post_until_refused(self, server, disk, ballots):
        """How many were taken, and the answer to the first that was not: the box's own file may have
        room left when the disk has none."""
        self.assertEqual(post(server, ballots[0]), (200, {"in_box": True}))
        disk.fill()
        for taken, ballot in enumerate(ballots[1:], 1):
            status, answer = post(server, ballot)
            if status != 200:
                self.assertEqual(status, 503, answer)
                return taken, answer
        raise AssertionError("the box never was full")


if __name__ == "__main__":
    main()
