#!/usr/bin/python3
"""aiortc, a WebRTC implementation of its own, joins the edge: it hears the mix and is heard.

usage: test_edge_aiortc.py EDGE_DEMO [TEST...]
"""

import asyncio
import fractions
import pathlib
import sys
import time
import unittest

import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from edge_rig import Demo, run_tests  # noqa: E402

PROGRAM = None
RATE = 48000


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, hertz):
        super().__init__()
        self.hertz = hertz
        self.at = 0
        self.start = time.monotonic()

    async def recv(self):
        await asyncio.sleep(max(0, self.start + self.at / RATE - time.monotonic()))
        wave = 0.3 * numpy.sin(2 * numpy.pi * self.hertz * numpy.arange(self.at, self.at + 960) / RATE)
        frame = AudioFrame.from_ndarray((wave * 32767).astype(numpy.int16)[None, :], "s16", "mono")
        frame.pts, frame.sample_rate, frame.time_base = self.at, RATE, fractions.Fraction(1, RATE)
        self.at += 960
        return frame


class Peer:
    def __init__(self, demo, slot, hertz=None):
        self.connection = RTCPeerConnection()
        self.demo, self.slot = demo, slot
        self.heard = []
        self.track = None
        if hertz:
            self.connection.addTrack(Tone(hertz))
        else:
            self.connection.addTransceiver("audio", direction="recvonly")
        self.connection.on("track", self.on_track)

    def on_track(self, track):
        self.reader = asyncio.ensure_future(self.read(track))

    async def read(self, track):
        while True:
            try:
                frame = await track.recv()
            except Exception:
                return
            samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            self.heard = (self.heard + [samples])[-25:]

    async def join(self):
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self.peer, answer = self.demo.join(self.slot, self.connection.localDescription.sdp)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def level(self, hertz):
        """dB of full scale at a frequency, over the last half second."""
        sound = numpy.concatenate(self.heard) / 32768
        window = numpy.blackman(len(sound))
        spectrum = numpy.abs(numpy.fft.rfft(sound * window)) / window.sum() * 2
        at = round(hertz * len(sound) / RATE)
        return 20 * numpy.log10(spectrum[at - 2:at + 3].max() + 1e-10)

    async def hears(self, tones, other=None, seconds=20):
        """Wait until all `tones` are loud for half a second, and `other` 40 dB below them."""
        until = time.monotonic() + seconds
        while True:
            await asyncio.sleep(0.1)
            levels = [self.level(t) for t in tones] if len(self.heard) == 25 else [-200]
            if min(levels) > -40 and (not other or self.level(other) < min(levels) - 40):
                break
            if time.monotonic() > until:
                raise AssertionError(f"hears {tones} Hz at {levels} dB")
        print("#", {t: round(float(self.level(t)), 1) for t in (700, 1100)})


class AiortcTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.demo = Demo(PROGRAM, "udp", ["127.0.0.1"])

    async def asyncTearDown(self):
        self.assertEqual(self.demo.close(), 0)

    async def test_two_speakers_and_a_listener(self):
        a, b, c = Peer(self.demo, 0, 700), Peer(self.demo, 1, 1100), Peer(self.demo, -1)
        for peer in (a, b, c):
            await peer.join()
        await a.hears([1100], other=700)
        await b.hears([700], other=1100)
        await c.hears([700, 1100])
        print("#", self.demo.stats(a.peer))
        self.assertEqual(self.demo.stats(a.peer)["auth_failures"], 0)
        for peer in (a, b, c):
            await peer.connection.close()

    async def test_closing_is_seen_at_once(self):
        a = Peer(self.demo, 0, 700)
        await a.join()
        until = time.monotonic() + 10
        while a.connection.connectionState != "connected" and time.monotonic() < until:
            await asyncio.sleep(0.05)
        await a.connection.close()
        until = time.monotonic() + 3
        while f"gone {a.peer}" not in self.demo.events and time.monotonic() < until:
            await asyncio.sleep(0.05)
        self.assertIn(f"gone {a.peer}", self.demo.events)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    sys.exit(run_tests(sys.modules["__main__"], sys.argv[1:]))
