#!/usr/bin/python3
"""Mouth to ear, page to page: from a sound's begin in one Chromium page to its begin in another.

    mouth_to_ear.py EDGE_DEMO [SECONDS]

The one page's microphone knocks once a second (Chromium's pretended capture of a file). An
AudioWorklet hears that microphone, as the encoder gets it; another, in a second browser, hears what
comes back from the hall, as the loudspeaker gets it. Each tells the wall clock of the block in which
the knock begins; both browsers run on this machine. So the figure has capture buffers, encode,
network, mix, jitter buffer and decode in it, and no sound card. Resolution: 1 ms and a block of
audio (10 ms).
"""
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "web"))
from edge_rig import Chromium, Rig, isolate, knocks

SETTLE_S = 5


def onsets(rig, name, where, since_ms):
    return [r["at"] for r in rig.reports.get(name, [])
            if r["kind"] == "onset" and r["where"] == where and r["at"] > since_ms]


def delays(mouth, ear):
    """Each knock with the first one heard after it, within a second."""
    found = []
    for said in mouth:
        heard = [at - said for at in ear if 0 <= at - said < 900]
        if heard:
            found.append(heard[0])
    return sorted(found)


def measure(program, seconds):
    with tempfile.TemporaryDirectory(prefix="kyhop-knock-") as folder:
        rig = Rig(program)
        try:
            wav = knocks(pathlib.Path(folder, "knocks.wav"))
            rig.open(Chromium, "mouth", wav, slot=0, onsets=1)
            rig.open(Chromium, "ear", slot=-1, onsets=1)
            for name in ("mouth", "ear"):
                rig.connected(name)
            time.sleep(SETTLE_S)
            since_ms = time.time() * 1000
            time.sleep(seconds)
            mouth = onsets(rig, "mouth", "mouth", since_ms)
            return len(mouth), delays(mouth[:-1], onsets(rig, "ear", "ear", since_ms))
        finally:
            rig.close()


if __name__ == "__main__":
    isolate()
    said, took = measure(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30)
    if not took:
        raise SystemExit(f"mouth_to_ear: {said} knocks, none heard")
    print(f"{len(took)} of {said - 1} knocks heard; p50 {took[len(took) // 2]} ms, "
          f"p95 {took[int(.95 * len(took))]} ms, best {took[0]}, worst {took[-1]} ms")
