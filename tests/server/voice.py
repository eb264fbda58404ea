"""A plain-RTP participant: sends a tone or a recording by real Opus over a real socket, and keeps
what it hears. One thread a participant's world: tick() is called every 20 ms by run().
"""
import multiprocessing
import random
import socket
import struct
import time

import numpy
from aiortc.codecs._opus import ffi, lib

RATE, FRAME, TICK_S = 48000, 960, 0.020


class Voice:
    """One participant's socket and codecs. Silent until .tone_hz or .speech is set."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        error = ffi.new("int *")
        self.encoder = lib.opus_encoder_create(RATE, 1, lib.OPUS_APPLICATION_VOIP, error)
        self.decoder = lib.opus_decoder_create(RATE, 1, error)
        self.to = self.ssrc = None
        self.payload_type, self.sequence, self.timestamp = 111, random.randrange(1000), 0
        self.tone_hz, self.speech, self.at = None, None, 0
        self.heard, self.packets = [numpy.zeros(0, numpy.int16)], 0

    async def join(self, person, whom=None):
        """media.join by a connected person (an operator for somebody else)."""
        extra = {"person": whom} if whom else {}
        answer = await person.call("media.join", transport="rtp", address="127.0.0.1",
                                   port=self.port, **extra)
        self.to = (answer["address"], answer["port"])
        self.ssrc, self.payload_type = answer["ssrc"], answer["payload_type"]
        return answer

    def _samples(self):
        self.at += FRAME
        if self.speech is not None:
            frame = self.speech[self.at - FRAME:self.at]
            return numpy.pad(frame, (0, FRAME - len(frame)))
        if self.tone_hz:
            n = numpy.arange(self.at - FRAME, self.at)
            return (9000 * numpy.sin(2 * numpy.pi * self.tone_hz * n / RATE)).astype(numpy.int16)
        return numpy.zeros(FRAME, numpy.int16)

    def tick(self):
        """Send one packet, take what came."""
        if self.to:
            pcm = ffi.new("opus_int16[]", FRAME)
            ffi.memmove(pcm, self._samples().astype(numpy.int16).tobytes(), 2 * FRAME)
            data = ffi.new("unsigned char[]", 1500)
            size = lib.opus_encode(self.encoder, pcm, FRAME, data, 1500)
            header = struct.pack("!BBHII", 0x80, self.payload_type, self.sequence & 0xffff,
                                 self.timestamp & 0xffffffff, self.ssrc)
            self.sequence, self.timestamp = self.sequence + 1, self.timestamp + FRAME
            self.socket.sendto(header + bytes(ffi.buffer(data, size)), self.to)
        self.listen()

    def listen(self):
        """Decode everything that has arrived."""
        while True:
            try:
                packet = self.socket.recv(2000)
            except BlockingIOError:
                return
            pcm = ffi.new("opus_int16[]", 5760)
            n = lib.opus_decode(self.decoder, packet[12:], len(packet) - 12, pcm, 5760, 0)
            self.packets += 1
            self.heard.append(numpy.frombuffer(ffi.buffer(pcm, 2 * n), numpy.int16).copy())

    def forget(self):
        """What was heard so far is not looked at any more."""
        self.heard = [numpy.zeros(0, numpy.int16)]

    def all_heard(self):
        return numpy.concatenate(self.heard).astype(float) / 32768

    def level(self, hz):
        """dBFS of a tone in what was heard since forget(): the mean power of windows of 50 ms, which
        are wide enough for the little that the mixer's clock correction moves a tone."""
        samples, size = self.all_heard(), 2400
        windows = samples[:len(samples) // size * size].reshape(-1, size)
        if len(windows) == 0:
            return -200.0
        shape = numpy.hanning(size)
        turn = shape * numpy.exp(-2j * numpy.pi * hz * numpy.arange(size) / RATE)
        amplitude = 2 * abs(windows @ turn) / numpy.sum(shape)
        return 20 * numpy.log10(max(numpy.sqrt(numpy.mean(amplitude ** 2)), 1e-10))

    def audible_frames(self):
        """Frames louder than -70 dBFS since forget()."""
        samples = self.all_heard()
        frames = samples[:len(samples) // FRAME * FRAME].reshape(-1, FRAME)
        return int(numpy.sum(numpy.sqrt(numpy.mean(frames ** 2, axis=1)) > 10 ** (-70 / 20)))

    def close(self):
        self.socket.close()
        lib.opus_encoder_destroy(self.encoder)
        lib.opus_decoder_destroy(self.decoder)


class Aside:
    """Voices that go on in a process of their own, undisturbed by what the test does meanwhile.

    stop() gives the sound that each heard, as of Voice.all_heard(), but for the first second: the
    change of process is a pause of its own."""

    SETTLE_TICKS = 50

    def __init__(self, voices):
        self.end, child_end = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(
            target=self._run, args=(voices, child_end))
        self.process.start()

    @staticmethod
    def _run(voices, end):
        due, ticks = time.monotonic(), 0
        while not end.poll(max(0, due - time.monotonic())):
            for voice in voices:
                voice.tick()
                if ticks == Aside.SETTLE_TICKS:
                    voice.forget()
            due, ticks = due + TICK_S, ticks + 1
        end.send([voice.all_heard() for voice in voices])

    def stop(self):
        self.end.send(None)
        heard = self.end.recv()
        self.process.join()
        return heard


async def run(voices, seconds, sleep):
    """Let @seconds of sound pass; @sleep is asyncio.sleep (so that events arrive meanwhile)."""
    due = time.monotonic()
    for _ in range(int(seconds / TICK_S)):
        for voice in voices:
            voice.tick()
        due += TICK_S
        await sleep(max(0, due - time.monotonic()))
