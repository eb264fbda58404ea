#!/usr/bin/python3
"""The benchmark tables of the README. Usage: bench.py [PART...] [--quick]; parts:
audio revoke loss votes secret fanout procedure rules edge.

Each figure is of the real server (a release build) in its own process on this machine, over its
public interfaces. Compare figures of one run only: the machine is noisy.
"""
import asyncio
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "server"))
import booth
from flock import Flock, frame
from kyhop import KYHOP, ROOT, Server
from rejoin import Rejoin

BUILD = os.path.dirname(KYHOP)
TICKS = os.sysconf("SC_CLK_TCK")


# --- helpers ---

def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu_s(pid):
    """User and system time of a process so far, all threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0.0


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def roster(path, delegates):
    """A council of so many, with a chair among them, a secretary and an operator."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "group", "seat", "roles"])
        for i in range(delegates):
            roles = "chair delegate" if i == 0 else "delegate"
            rows.writerow([f"d{i:04d}", f"Đại biểu {i + 1}", f"Tổ {i % 10 + 1}", f"{i}", roles])
        rows.writerow(["clerk", "Thư ký", "", "", "secretary"])
        rows.writerow(["operator", "Kỹ thuật viên", "", "", "operator"])


class Council:
    """A running server whose @delegates are checked in to an open sitting."""

    def __init__(self, delegates, settings="max_open = 8"):
        self.folder = tempfile.TemporaryDirectory(prefix="kyhop-bench-", dir="/var/tmp")
        path = os.path.join(self.folder.name, "roster.csv")
        roster(path, delegates)
        self.server = Server(roster=path, folder=self.folder.name, settings=settings).start()
        self.pid = self.server.process.pid

    async def open(self, delegates):
        self.chair = await self.server.join("d0000")
        self.clerk = await self.server.join("clerk")
        self.operator = await self.server.join("operator")
        await self.chair.call("session.open")
        await asyncio.gather(*(self.clerk.call("attendance.check_in", person=f"d{i:04d}")
                               for i in range(delegates)))
        await self.chair.call("sitting.open")
        await self.chair.call("agenda.start", item="thao-luan")

    def tokens(self, people):
        """Session tokens of many, invited in one go."""
        status, text = self.server.run("invite", self.server.config, "--all")
        if status != 0:
            raise SystemExit(text)
        codes = {}
        for line, person in zip(text.splitlines(), self.ids()):
            codes[person] = line.rsplit("=", 1)[1]
        return [self.server.exchange(codes[p]) for p in people]

    def ids(self):
        with open(os.path.join(self.folder.name, "roster.csv"), encoding="utf-8") as file:
            return [row["id"] for row in csv.DictReader(file)]

    def close(self):
        self.server.close()
        self.folder.cleanup()


# --- audio ---

class Rig:
    """tests/bench/rtp_rig in its own process."""

    def __init__(self, n, talkers, seconds, content):
        program = os.path.join(BUILD, "tests", "bench", "rtp_rig")
        self.process = subprocess.Popen([program, str(n), str(talkers), str(seconds), content],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the rig ended early")
        return json.loads(line)

    def tell(self, what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()


def floor_percent(n, talkers):
    """What the unavoidable operations cost on this machine now (audio-baseline, section 5)."""
    program = os.path.join(BUILD, "tests", "bench", "floor")
    text = subprocess.run([program, "9", "32000", str(n), str(talkers)], capture_output=True,
                          text=True, check=True).stdout
    return json.loads(text)["floors"][0]["floor_cpu_percent"]


async def audio_point(n, talkers, seconds, content):
    council = Council(n + 1)
    await council.open(n + 1)
    rig = Rig(n, talkers, seconds, content)
    for index, port in enumerate(rig.read()["ports"]):
        person = f"d{index + 1:04d}"
        answer = await council.operator.call("media.join", person=person, transport="rtp",
                                             address="127.0.0.1", port=port)
        rig.tell({"index": index, "address": answer["address"], "port": answer["port"],
                  "payload_type": answer["payload_type"], "ssrc": answer["ssrc"]})
        if index < talkers:
            await council.chair.call("floor.grant", person=person, kind="speech")
    rig.tell({"go": True})
    await asyncio.to_thread(rig.read)
    begun, cpu = time.monotonic(), cpu_s(council.pid)
    await asyncio.to_thread(rig.read)
    used = (cpu_s(council.pid) - cpu) / (time.monotonic() - begun) * 100
    result = await asyncio.to_thread(rig.read)
    result.update(cpu=used, rss=memory_mb(council.pid), threads=threads(council.pid))
    rig.process.wait()
    council.close()
    return result


def audio(quick):
    """N listeners (of whom T talk) over plain RTP."""
    print("\n## Audio: plain-RTP participants, Opus complexity 9, 32 kbit/s, in-band FEC\n")
    print("| N | T | CPU % | floor % | ratio | RSS MB | threads | transit p50 / p95 ms | glitches |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    points = [(100, 3)] if quick else [(n, t) for n in (10, 50, 100, 200, 400) for t in (1, 3, 8)]
    for n, talkers in points:
        speech = asyncio.run(audio_point(n, talkers, 5 if quick else 10, "speech"))
        tones = asyncio.run(audio_point(n, talkers, 5 if quick else 10, "tones"))
        floor = floor_percent(n, talkers)
        print(f"| {n} | {talkers} | {speech['cpu']:.1f} | {floor:.1f} | "
              f"{speech['cpu'] / floor:.2f} | {speech['rss']:.0f} | {speech['threads']} | "
              f"{speech['transit_ms_p50']:.0f} / {speech['transit_ms_p95']:.0f} | "
              f"{tones['dropouts'] + tones['clicks']} |", flush=True)


# --- votes ---

def votes(quick):
    """1,000 people vote within one second; each answer comes after the fsync."""
    n = 200 if quick else 1000
    council = Council(n)
    asyncio.run(council.open(n))
    flock = Flock(council.server.port, council.tokens([f"d{i:04d}" for i in range(1, n)]))
    vote = flock.run(open_vote(council))
    sent, took = {}, []
    due = sorted((random.random(), client) for client in range(len(flock.clients)))
    begun = time.monotonic()

    def on_frame(client, text, now):
        if b'"id"' in text[:40] or b'"id":1' in text:
            took.append((now - sent[client]) * 1000)
            return len(took) == len(flock.clients)
        return False

    for wait, index in due:
        client = flock.clients[index]
        while (left := begun + wait - time.monotonic()) > 0:
            flock.pump(left, on_frame)
        sent[client] = time.monotonic()
        client.send("vote.cast", 1, vote=vote, choice="for")
    flock.pump(10, on_frame)
    print(f"\n## Votes: {len(flock.clients)} in one second, each durable before its answer\n")
    print(f"answered {len(took)}; p50 {percentile(took, .5):.1f} ms, "
          f"p99 {percentile(took, .99):.1f} ms, worst {max(took):.1f} ms")
    council.close()


async def open_vote(council):
    chair = await council.server.join("d0000", take_over=True)
    return (await chair.call("vote.open", type="resolution", question="Thông qua?"))["vote"]


# --- secret votes ---

SECRET = 'secret_form = "electronic", committee_members = 3, committee_needed = 2'


def secret(quick):
    """Sealed ballots posted by so many at once; each is checked and on disk before its answer."""
    n = 20 if quick else 100
    council = Council(n, SECRET)
    asyncio.run(council.open(n))
    took = asyncio.run(secret_vote(council, n))
    print(f"\n## Secret votes: {len(took)} sealed ballots of 3 options posted at once\n")
    print(f"p50 {percentile(took, .5):.0f} ms, the last after {max(took):.0f} ms; "
          f"{len(took) / max(took) * 1000:.0f} ballots a second")
    council.close()


async def secret_vote(council, n):
    people = [f"d{i:04d}" for i in range(1, n)]
    tokens = council.tokens(people)
    voters = [await council.server.join(p, token) for p, token in zip(people, tokens)]
    chair = await council.server.join("d0000", take_over=True)
    committee = booth.Committee(needed=2)
    await committee.form(chair, voters[:3])
    vote = (await chair.call("vote.open", type="elect", question="Bầu?"))["vote"]
    key = (await chair.event("vote.papered", vote=vote))["paper_key"]
    ballots = []
    for voter in voters:
        serial, token = await booth.claim(voter, vote, key)
        ballots.append({"vote": vote, "serial": serial, "token": token,
                        "ballot": booth.sealed(committee, vote, serial, "for")})
    begun = time.monotonic()
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(len(ballots)) as pool:
        return await asyncio.gather(*(
            loop.run_in_executor(pool, post_one, council.server, ballot, begun)
            for ballot in ballots))


def post_one(server, ballot, begun):
    status, answer = booth.post(server, ballot)
    if status != 200:
        raise ConnectionError(f"{status}: {answer}")
    return (time.monotonic() - begun) * 1000


# --- fan-out ---

def fanout(quick):
    """From the chair's call to the last of 1,000 clients that has the event."""
    n = 200 if quick else 1000
    council = Council(n + 1)
    asyncio.run(council.open(n + 1))
    flock = Flock(council.server.port, council.tokens([f"d{i:04d}" for i in range(1, n + 1)]))
    took = []
    for turn in range(20):
        asyncio.run(fanout_turn(council, flock, turn, took))
    print(f"\n## Fan-out of one event to {n} clients\n")
    print(f"p50 {percentile(took, .5):.1f} ms, p99 {percentile(took, .99):.1f} ms after the call")
    council.close()


async def fanout_turn(council, flock, turn, took):
    chair = await council.server.join("d0000", take_over=True)
    method = "list.close" if turn % 2 == 0 else "list.open"
    seen = set()
    begun = time.monotonic()
    task = asyncio.ensure_future(chair.call(method))
    await asyncio.sleep(0)

    def on_frame(client, text, now):
        if b'"list.' in text:
            seen.add(client)
            took.append((now - begun) * 1000)
        return len(seen) == len(flock.clients)

    await asyncio.to_thread(flock.pump, 10, on_frame)
    await task
    await chair.leave()


# --- procedure ---

def procedure(quick):
    """What a hook costs: from the server's own trace of decisions."""
    asyncio.run(procedure_turns(100 if quick else 400))


async def procedure_turns(turns):
    council = Council(75)
    await council.open(75)
    speaker = await council.server.join("d0001")
    for _ in range(turns):
        request = (await speaker.call("floor.request", kind="point_of_order"))["request"]
        await speaker.call("floor.withdraw", request=request)
    trace = (await council.chair.call("procedure.trace", max=500))["trace"]
    by_hook = {}
    for entry in trace:
        by_hook.setdefault(entry["hook"], []).append(entry["us"])
    print("\n## Procedure: one hook of hai-phong, 75 delegates\n")
    print("| hook | calls | median µs | p99 µs |")
    print("|---|---:|---:|---:|")
    for hook, us in sorted(by_hook.items()):
        print(f"| {hook} | {len(us)} | {percentile(us, .5):.0f} | {percentile(us, .99):.0f} |")
    council.close()


# --- programs of their own ---

def revoke(quick):
    """From the engine's "close" to silence (20 dB down) at a listener."""
    program = os.path.join(BUILD, "tests", "bench", "revoke_bench")
    text = subprocess.run([program, "50" if quick else "200"], capture_output=True, text=True,
                          check=True).stdout
    r = json.loads(text)
    print(f"\n## Revoke to silence at the receiver (a wire is 0), {r['trials']} trials\n")
    print(f"p50 {r['revoke_ms_p50']:.1f} ms, p95 {r['revoke_ms_p95']:.1f} ms, "
          f"p99 {r['revoke_ms_p99']:.1f} ms, worst {r['revoke_ms_max']:.1f} ms")


def loss(quick):
    """One speech over bad networks, against the same speech over a wire."""
    program = os.path.join(BUILD, "tests", "bench", "loss_bench")
    text = subprocess.run([program, "10" if quick else "40"], capture_output=True, text=True,
                          check=True).stdout
    print("\n## Loss: a speech (Opus 32 kbit/s, 20 ms, FEC) through a bad network to a listener\n")
    print("Distance: of levels in third octaves, speech frames; intelligible: as STOI, 1 is the "
          "same;\ndelay: from the microphone's packet to the listener's, both codecs included.\n")
    print("| network | lost % | made up % | heard % | distance dB | intelligible | longest gap ms | "
          "delay p50 / p90 ms |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for line in text.splitlines():
        r = json.loads(line)
        print(f"| {r['name']} | {r['lost'] * 100:.1f} | {r['made_up'] * 100:.1f} | "
              f"{r['kept'] * 100:.1f} | {r['distance_db']:.1f} | {r['intelligible']:.2f} | "
              f"{r['gap_ms']} | {r['delay_ms_p50']:.0f} / {r['delay_ms_p90']:.0f} |", flush=True)


def edge(quick):
    """Simulated browsers (DTLS-SRTP) in a second process; 8 of them speak."""
    program = os.path.join(BUILD, "tests", "unit", "edge", "edge_bench")
    print("\n## WebRTC edge: simulated browsers, 8 of them speaking\n", flush=True)
    subprocess.run([program, "0"], check=True)
    for n in (10, 100) if quick else (10, 100, 500, 1000):
        subprocess.run([program, str(n), "8", "5"], check=True)
    rejoin(100 if quick else 1000)
    mouth_to_ear(10 if quick else 60)


def mouth_to_ear(seconds):
    """From a sound in one Chromium page to the same in another."""
    program = os.path.join(BUILD, "tests", "web", "edge_demo")
    print("\n### Mouth to ear, page to page on loopback (no sound cards; see mouth_to_ear.py)\n",
          flush=True)
    subprocess.run([os.path.join(HERE, "mouth_to_ear.py"), program, str(seconds)], check=False)


def rejoin(n):
    """kill -9 of the whole server; @n browsers come back at once during a speech."""
    with tempfile.TemporaryDirectory(prefix="kyhop-bench-") as folder:
        r = asyncio.run(Rejoin(n, folder).run())
    print(f"\n### After kill -9: {n} browsers (WebSocket, media.join, ICE, DTLS) at once\n")
    print(f"The server is ready {r['ready_s']:.2f} s after the kill. All who come back hear the hall: "
          f"p50 {percentile(r['back_s'], .5):.1f} s, p95 {percentile(r['back_s'], .95):.1f} s, the "
          f"last {r['back_s'][-1]:.1f} s after they begin. Of {r['frames']} frames of 20 ms that a "
          f"plain-RTP listener heard meanwhile of the speech, {r['broken']} lack its tone.",
          flush=True)


def rules(quick):
    """Every hook of every procedure, and the speed of rehearsals."""
    program = os.path.join(BUILD, "tests", "sittings", "bench_procedures")
    print("\n## Procedures: hooks and rehearsals\n", flush=True)
    subprocess.run([program, ROOT], check=True)


PARTS = {"audio": audio, "revoke": revoke, "loss": loss, "votes": votes, "secret": secret, "fanout": fanout,
         "procedure": procedure, "rules": rules, "edge": edge}


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    quick = "--quick" in sys.argv
    chosen = [a for a in sys.argv[1:] if not a.startswith("-")] or list(PARTS)
    unknown = [a for a in chosen if a not in PARTS]
    if unknown:
        raise SystemExit(f"bench: no part {unknown[0]}; there are: {' '.join(PARTS)}")
    print(f"kyhop bench, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d %H:%M')}, "
          f"load {os.getloadavg()[0]:.1f} at the start")
    for part in chosen:
        try:
            PARTS[part](quick)
        except ConnectionError as error:
            print(f"\n{part}: broke off: {error!r}", flush=True)


if __name__ == "__main__":
    main()
