"""The edge demo behind a small web server, and headless browsers that join it.

Rig starts edge_demo and serves the page; Chromium and Firefox are started with profiles of their
own. All of it listens on loopback only.
"""

import base64
import hashlib
import hmac
import json
import math
import os
import pathlib
import queue
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = pathlib.Path(__file__).parent


# Browsers use no loopback address for media. So everything runs in a network namespace of its own,
# with a virtual device whose other end leads nowhere: nothing outside can reach it.
ADDRESS = "10.77.0.1"
ADDRESS6 = "fd77::1"


def isolate():
    """Start this program again inside its own network namespace."""
    if os.environ.get("KYHOP_ISOLATED"):
        return
    setup = ("ip link set lo up && ip link add media type veth peer name nowhere && "
             f"ip addr add {ADDRESS}/24 dev media && ip link set media up && "
             f"ip addr add {ADDRESS6}/64 dev media nodad && "
             "ip link set nowhere up && ip route add default dev media && exec \"$@\"")
    os.environ["KYHOP_ISOLATED"] = "1"
    kind = "-n" if os.geteuid() == 0 else "-rn"
    os.execvp("unshare", ["unshare", kind, "sh", "-c", setup, "sh", sys.executable, *sys.argv])


class Demo:
    """The edge_demo process: one command at a time, events in between."""

    def __init__(self, program, transport="both", addresses=(ADDRESS,)):
        self.process = subprocess.Popen(
            [program, transport, *addresses], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.events = []
        self.replies = queue.Queue()
        self.lock = threading.Lock()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.port = int(self._reply().split()[1])

    def _read(self):
        out = self.process.stdout
        while line := out.readline():
            text = line.decode().rstrip("\n")
            if text.startswith(("connected ", "gone ")):
                self.events.append(text)
            elif text.startswith("answer "):
                self.replies.put((text, out.read(int(text.split()[2])).decode()))
            else:
                self.replies.put(text)
        self.replies.put("error edge_demo ended")

    def _reply(self):
        return self.replies.get(timeout=20)

    def command(self, line, body=b""):
        with self.lock:
            self.process.stdin.write(line.encode() + b"\n" + body)
            self.process.stdin.flush()
            return self._reply()

    def join(self, slot, offer):
        """(peer, answer) or raises ValueError with the server's words."""
        body = offer.encode()
        reply = self.command(f"join {slot} {len(body)}", body)
        if isinstance(reply, str):
            raise ValueError(reply)
        return int(reply[0].split()[1]), reply[1]

    def stats(self, peer):
        return json.loads(self.command(f"stats {peer}").split(" ", 1)[1])

    def close(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code


class Rig:
    """Demo and web server; `reports[name]` holds what the page of that name said."""

    def __init__(self, program, transport="both", addresses=(ADDRESS,)):
        self.demo = Demo(program, transport, addresses)
        self.reports = {}
        self.peers = {}
        self.offers = {}
        self.browsers = []
        self.speakers = None
        rig = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, code, body, kind="text/plain"):
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the page was left meanwhile

            def do_GET(self):
                if self.path.startswith("/page"):
                    self.answer(200, (HERE / "edge_page.html").read_bytes(), "text/html")
                else:
                    self.answer(404, b"")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path == "/report":
                    report = json.loads(body)
                    rig.reports.setdefault(report["name"], []).append(report)
                    self.answer(204, b"")
                    return
                asked = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
                name = asked["name"][0]
                rig.offers[name] = body
                try:
                    rig.peers[name], answer = rig.demo.join(asked["slot"][0], body)
                except ValueError as error:
                    self.answer(400, str(error).encode())
                else:
                    self.answer(200, answer.encode(), "application/sdp")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, **query):
        return f"http://localhost:{self.server.server_port}/page?{urllib.parse.urlencode(query)}"

    def open(self, browser, name, wav=None, flags=(), **query):
        url = self.url(name=name, **query)
        if not self.speakers and browser.needs_speakers:
            self.speakers = Speakers()
        self.browsers.append(browser(url, wav, self.speakers, flags))
        return self.browsers[-1]

    def wait(self, name, test, seconds=30):
        """The first report of `name` that passes `test`."""
        until = time.monotonic() + seconds
        seen = 0
        while time.monotonic() < until:
            reports = self.reports.get(name, [])
            for report in reports[seen:]:
                if report["kind"] == "error":
                    raise AssertionError(f"page {name}: {report['text']}")
                if test(report):
                    return report
            seen = len(reports)
            time.sleep(0.05)
        raise AssertionError(f"page {name}: nothing of the kind; last: {self.reports.get(name, [])[-3:]}")

    def connected(self, name, seconds=30):
        return self.wait(name, lambda r: r["kind"] == "state" and r["state"] == "connected", seconds)

    def forget(self, name):
        self.reports[name] = []

    def close(self):
        for browser in self.browsers:
            browser.close()
        if self.speakers:
            self.speakers.close()
        self.server.shutdown()
        self.server.server_close()
        return self.demo.close()


class Turn:
    """A coturn with time-limited credentials and a certificate of its own; TCP and TLS only."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="kyhop-turn-")
        key, certificate = f"{self.folder}/key.pem", f"{self.folder}/cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=turn",
             "-addext", f"subjectAltName=IP:{ADDRESS}"], check=True, stderr=subprocess.DEVNULL)
        public = subprocess.run(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"],
                                check=True, stdout=subprocess.PIPE).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=public,
                             check=True, stdout=subprocess.PIPE).stdout
        self.spki = base64.b64encode(hashlib.sha256(der).digest()).decode()
        secret = "a secret for one test"
        self.user = f"{int(time.time()) + 600}:anna"
        self.password = base64.b64encode(
            hmac.new(secret.encode(), self.user.encode(), "sha1").digest()).decode()
        self.process = subprocess.Popen(
            ["turnserver", "-n", "--listening-ip", ADDRESS, "--relay-ip", ADDRESS, "--no-udp",
             "--no-dtls", "--no-cli", "--realm", "kyhop", "--use-auth-secret",
             "--static-auth-secret", secret, "--cert", certificate, "--pkey", key, "--log-file",
             "stdout", "--pidfile", f"{self.folder}/pid", "--db", f"{self.folder}/db"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection((ADDRESS, 5349)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def query(self, tls):
        urls = f"turns:{ADDRESS}:5349?transport=tcp" if tls else f"turn:{ADDRESS}:3478?transport=tcp"
        return {"turn": urls, "user": self.user, "password": self.password}

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Speakers:
    """A PulseAudio that plays to nowhere: Firefox runs no AudioContext without a sound server."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="kyhop-pulse-")
        self.server = f"unix:{self.folder}/native"
        self.process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
             "--disable-shm=yes", "-L", "module-null-sink",
             "-L", f"module-native-protocol-unix auth-anonymous=1 socket={self.folder}/native"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(os.environ, HOME=self.folder, XDG_RUNTIME_DIR=self.folder))

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Browser:
    """A browser process with an empty profile of its own."""

    needs_speakers = False

    def __init__(self, url, wav=None, speakers=None, flags=()):
        self.speakers = speakers
        self.flags = flags
        self.profile = tempfile.mkdtemp(prefix="kyhop-browser-")
        self.process = subprocess.Popen(
            self.command(url, wav), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, env=self.environment())

    def environment(self):
        values = dict(os.environ, HOME=self.profile, MOZ_HEADLESS="1", XDG_RUNTIME_DIR=self.profile)
        if self.speakers:
            values["PULSE_SERVER"] = self.speakers.server
        return values

    def kill(self):
        """As a crash or a pulled plug: nothing is said to the server."""
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.kill()
        for _ in range(20):
            shutil.rmtree(self.profile, ignore_errors=True)
            if not os.path.exists(self.profile):
                break
            time.sleep(0.1)


class Chromium(Browser):
    program = shutil.which("chromium")

    def command(self, url, wav):
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream",
                 "--use-fake-ui-for-media-stream", f"--user-data-dir={self.profile}"]
        if wav:
            flags.append(f"--use-file-for-fake-audio-capture={wav}")
        return [self.program, *flags, *self.flags, url]


class Firefox(Browser):
    """Its fake microphone is a tone of Firefox's own: 1000 Hz."""

    needs_speakers = True
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    prefs = {
        "media.navigator.streams.fake": True,
        "media.navigator.permission.disabled": True,
        "media.peerconnection.ice.obfuscate_host_addresses": False,
        "media.autoplay.default": 0,
        "media.autoplay.blocking_policy": 0,
        "media.autoplay.block-webaudio": False,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
        "app.normandy.enabled": False,
        "app.update.enabled": False,
        "extensions.update.enabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "services.settings.server": "http://localhost:9/",
        "browser.aboutwelcome.enabled": False,
        "browser.safebrowsing.update.enabled": False,
    }

    def command(self, url, wav):
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in self.prefs.items()]
        pathlib.Path(self.profile, "user.js").write_text("\n".join(lines))
        return [self.program, "--headless", "--no-remote", "--profile", self.profile, url]


def tone(path, hertz, seconds=10, level=0.3):
    """A mono 48 kHz wav with whole periods, so that it loops without a click."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        frames = (int(32767 * level * math.sin(2 * math.pi * hertz * i / 48000))
                  for i in range(48000 * seconds))
        out.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return str(path)


def knocks(path, seconds=10, level=0.5):
    """A mono 48 kHz wav with 100 ms of sound at the beginning of each second."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        frames = (int(32767 * level * math.sin(2 * math.pi * 1000 * i / 48000))
                  if i % 48000 < 4800 else 0 for i in range(48000 * seconds))
        out.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return str(path)


class TapResult(unittest.TestResult):
    """Prints one TAP line a test."""

    def line(self, word, test, note=""):
        print(f"{word} {self.testsRun} - {test.id().split('.', 1)[1]}{note}", flush=True)

    def addSuccess(self, test):
        self.line("ok", test)

    def addSkip(self, test, reason):
        self.line("ok", test, f" # SKIP {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("not ok", test)
        print("# " + self.failures[-1][1].replace("\n", "\n# "), flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        self.line("not ok", test)
        print("# " + self.errors[-1][1].replace("\n", "\n# "), flush=True)


def run_tests(module, names):
    """Run the test cases of `module`, or those named; the exit code."""
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() and result.testsRun else 1
