#!/usr/bin/python3
"""After kill -9 everybody's browser comes back at once, and the speech has no gap meanwhile.

KH_BROWSERS (100) of them; scripts/bench measures the times with 1,000.
"""
import asyncio
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from lib import main
from rejoin import Rejoin

BROWSERS = int(os.environ.get("KH_BROWSERS", "100"))


class AfterARestart(unittest.TestCase):
    def test_all_browsers_come_back_while_the_speech_goes_on(self):
        with tempfile.TemporaryDirectory(prefix="kyhop-rejoin-") as folder:
            async def inside():
                return await asyncio.wait_for(Rejoin(BROWSERS, folder).run(), 150)
            result = asyncio.run(inside())
        print(f"# ready {result['ready_s']:.2f} s after the kill; all {len(result['back_s'])} hear "
              f"{result['back_s'][-1]:.2f} s after; {result['broken']} of {result['frames']} frames")
        self.assertEqual(len(result["back_s"]), BROWSERS)
        self.assertEqual(result["bad"], 0)
        self.assertGreater(result["frames"], 25)
        # None on a machine of its own; a busy one may keep speaker and ears waiting now and then.
        self.assertLess(result["broken"], result["frames"] / 8)


if __name__ == "__main__":
    main()
