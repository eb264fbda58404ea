"""The whole server as a test sees it: `kyhop serve` on its own data, and people who talk to it.

Everything is real: the process, its journal, its sockets. A test may kill -9 it and start it again
on the same data.
"""
import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.request

import websockets

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
KYHOP = os.environ.get("KH_KYHOP", os.path.join(ROOT, "build", "kyhop"))
PATIENCE_S = float(os.environ.get("KH_TEST_PATIENCE_S", "30"))  # a limit for hangs, not a figure

CONFIG = """return {{
  listen = {{ port = {port}, rate_per_s = 10000, rate_burst = 10000 }},
  data = "{data}", web = "{root}/web/dist", plugins = "{plugins}",
  media = {{ webrtc_port = 0, rtp_port = 0, webrtc = {webrtc}, {media} }},
  councils = {{ {{
    id = "hai-phong", name = {{ vi = "HĐND thành phố Hải Phòng", en = "People's Council of Hải Phòng" }},
    procedure = "{procedure}", roster = "{roster}", settings = {{ {settings} }},
    {council}
    agenda = {{
      {{ id = "mo-dau", title = {{ vi = "Khai mạc", en = "Opening" }} }},
      {{ id = "thao-luan", title = {{ vi = "Thảo luận", en = "Debate" }} }},
      {{ id = "nghi-quyet", title = {{ vi = "Nghị quyết", en = "Resolutions" }} }},
    }},
  }} }},
}}
"""


class RpcError(Exception):
    """An error answer: .code, .message, .data."""

    def __init__(self, error):
        super().__init__(json.dumps(error, ensure_ascii=False))
        self.code, self.message = error["code"], error["message"]
        self.data = error.get("data") or {}


class Server:
    """`kyhop serve` with a folder of its own."""

    def __init__(self, procedure="hai-phong", plugins=None, settings="", webrtc="false", media="",
                 roster=None, folder=None, wrapper=(), council=""):
        self.temporary = None if folder else tempfile.TemporaryDirectory(prefix="kyhop-test-")
        self.folder = folder or self.temporary.name
        self.data = os.path.join(self.folder, "data")
        self.config = os.path.join(self.folder, "kyhop.lua")
        self.process, self.port, self.wrapper = None, 0, list(wrapper)
        self.values = {
            "data": self.data, "root": ROOT, "procedure": procedure, "settings": settings,
            "council": council, "plugins": plugins or os.path.join(ROOT, "plugins"), "webrtc": webrtc, "media": media,
            "roster": roster or os.path.join(ROOT, "config", "roster.csv"),
        }

    def start(self):
        """Start, or start again on the same data; returns when the door is open."""
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(port=self.port, **self.values))
        self.process = subprocess.Popen(self.wrapper + [KYHOP, "serve", self.config],
                                        stdout=subprocess.PIPE,
                                        stderr=open(os.path.join(self.folder, "log"), "ab"))
        line = self.process.stdout.readline().decode()
        if "ready on" not in line:
            raise AssertionError(f"the server did not start: {line}{self.log()}")
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def kill(self):
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()

    def stop(self):
        """An orderly end; its exit status must be clean."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        if status != 0:
            raise AssertionError(f"the server ended with {status}:\n{self.log()}")

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        if self.temporary:
            self.temporary.cleanup()

    def run(self, *arguments):
        """Another kyhop command; (status, output)."""
        done = subprocess.run([KYHOP, *arguments], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def invite(self, person):
        """A login code."""
        status, text = self.run("invite", self.config, person)
        if status != 0:
            raise AssertionError(text)
        return text.strip().rsplit("=", 1)[1]

    def token(self, person):
        """A session token, by the way that the page goes."""
        return self.exchange(self.invite(person))

    def exchange(self, code):
        """A session token for a login code."""
        body = json.dumps({"code": code}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/login", body,
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)["token"]

    async def join(self, person, token=None, **hello):
        """A connected, greeted person."""
        return await Person(self, person, token or self.token(person)).connect(**hello)


class Person:
    """One connection of one person. Events are kept in .events, in the order of arrival."""

    def __init__(self, server, name, token):
        self.server, self.name, self.token = server, name, token
        self.socket = self.reader = self.state = None
        self.seq, self.events, self.others = 0, [], []
        self._next, self._waiting, self._news = 0, {}, asyncio.Condition()

    async def connect(self, **hello):
        self.socket = await websockets.connect(f"ws://127.0.0.1:{self.server.port}/api",
                                               subprotocols=["kyhop.v1"], max_size=None,
                                               ping_interval=None)
        self.reader = asyncio.ensure_future(self._read())
        answer = await self.call("hello", token=self.token, **hello)
        self.state, self.you = answer.get("state"), answer["you"]
        if self.state is not None:
            self.seq = answer["seq"]
        return self

    async def _read(self):
        try:
            async for text in self.socket:
                message = json.loads(text)
                if "id" in message and message["id"] in self._waiting:
                    self._waiting.pop(message["id"]).set_result(message)
                elif message.get("method") == "event":
                    self.events.append(message["params"])
                    self.seq = message["params"]["seq"]
                else:
                    self.others.append(message)
                async with self._news:
                    self._news.notify_all()
        except (websockets.ConnectionClosed, OSError):
            pass
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the connection is gone"))
                waiting.exception()  # looked at, also when nobody waits any more
        async with self._news:
            self._news.notify_all()

    async def call(self, method, key=None, **params):
        """The result, or RpcError."""
        self._next += 1
        answer = asyncio.get_running_loop().create_future()
        self._waiting[self._next] = answer
        request = {"jsonrpc": "2.0", "id": self._next, "method": method, "params": params}
        if key:
            request["key"] = key
        await self.socket.send(json.dumps(request))
        message = await asyncio.wait_for(answer, PATIENCE_S)
        if "error" in message:
            raise RpcError(message["error"])
        return message["result"]

    async def refused(self, method, **params):
        """The error of a call that must fail."""
        try:
            result = await self.call(method, **params)
        except RpcError as error:
            return error
        raise AssertionError(f"{method} was not refused: {result}")

    async def event(self, kind, start=0, **fields):
        """The first event of a type (from index @start on) with these fields; waits for it."""
        def found():
            for event in self.events[start:]:
                if event["type"] == kind and all(event.get(k) == v for k, v in fields.items()):
                    return event
            return None
        async with self._news:
            try:
                await asyncio.wait_for(
                    self._news.wait_for(lambda: found() or self.reader.done()), PATIENCE_S)
            except asyncio.TimeoutError:
                pass
        if not found():
            heard = [(e["seq"], e["type"]) for e in self.events]
            raise AssertionError(f"no {kind} {fields} for {self.name} in {heard}")
        return found()

    async def other(self, method):
        """The params of the first notification that is no event; waits for it."""
        def found():
            return next((o for o in self.others if o.get("method") == method), None)
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(found), PATIENCE_S)
        return found()["params"]

    async def snapshot(self):
        """The state as the server tells it now."""
        return (await self.call("state.get"))["state"]

    async def leave(self):
        await self.socket.close()
        await self.reader


async def open_sitting(server, present=50):
    """Chair, an open sitting with @present delegates checked in, item "thao-luan" in hand."""
    chair = await server.join("db01")
    clerk = await server.join("thuky1")
    await chair.call("session.open", name="Kỳ họp thứ 6")
    for number in range(1, present + 1):
        await clerk.call("attendance.check_in", person=f"db{number:02d}")
    await chair.call("sitting.open")
    await chair.call("agenda.start", item="thao-luan")
    return chair, clerk
