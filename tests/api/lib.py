"""What the tests of the door share: the server process, clients, and TAP output.

Each test runs against a real server on a real socket. The server ends when its standard input
closes; its exit status is checked, so a leak or an overrun found by a sanitizer fails the test.
"""
import asyncio
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

import websockets

DOOR = os.environ.get("KH_DOOR", "/tmp/b-api/tests/api/door")
PATIENCE_S = float(os.environ.get("KH_TEST_PATIENCE_S", "30"))  # a limit for hangs, not a figure


class Door:
    """The server, with its folders, for one test or class of tests."""

    def __init__(self, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="kyhop-door-")
        settings.setdefault("auth_db", self.path("auth.db"))
        settings.setdefault("port", None)
        self.tls = "certificate" in settings
        arguments = [f"{k}={v}" for k, v in settings.items() if v is not None]
        self.process = subprocess.Popen([DOOR] + arguments, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            self.complaint = self.process.stderr.read().decode()
            self.status = self.process.wait(PATIENCE_S)
            self._shut()
            return
        ready = json.loads(line)
        self.port, self.codes, self.status = ready["port"], ready["codes"], None

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def _shut(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.stderr.close()
        self.folder.cleanup()

    def stop(self):
        """End the server; its exit status must be clean."""
        self.process.stdin.close()
        errors = self.process.stderr.read().decode()
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()
        self.folder.cleanup()
        if status != 0:
            raise AssertionError(f"the server ended with {status}:\n{errors}")

    # --- HTTP ---
    def request(self, method, path, body=None, headers=None, host="127.0.0.1"):
        """(status, headers, body) of one request on its own connection."""
        if self.tls:
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(host, self.port, context=context,
                                                     timeout=PATIENCE_S)
        else:
            connection = http.client.HTTPConnection(host, self.port, timeout=PATIENCE_S)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, headers={k.replace("_", "-"): v
                                                  for k, v in headers.items()})

    def post_json(self, path, value, **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        headers.setdefault("Content-Type", "application/json")
        return self.request("POST", path, json.dumps(value).encode(), headers)

    def login(self, person):
        """A session token for a person of the council (their first code is used up)."""
        status, _, body = self.post_json("/login", {"code": self.codes[person]})
        if status != 200:
            raise AssertionError(f"login of {person}: {status} {body}")
        return json.loads(body)["token"]

    def raw(self, data, until_close=True):
        """What the server answers to bytes sent as they are."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as connection:
            connection.sendall(data)
            answer = b""
            while True:
                try:
                    part = connection.recv(65536)
                except ConnectionResetError:
                    break
                answer += part
                if not part or (not until_close and b"\r\n\r\n" in answer):
                    break
            return answer

    # --- WebSocket ---
    async def connect(self, **options):
        options.setdefault("subprotocols", ["kyhop.v1"])
        options.setdefault("ping_interval", None)
        options.setdefault("max_size", 1 << 26)
        options.setdefault("compression", None)
        options.setdefault("open_timeout", PATIENCE_S)
        if self.tls:
            options.setdefault("ssl", ssl._create_unverified_context())
        scheme = "wss" if self.tls else "ws"
        path = options.pop("path", "/api")
        return Client(await websockets.connect(f"{scheme}://127.0.0.1:{self.port}{path}",
                                               **options))

    async def enter(self, person=None, token=None, **params):
        """A connection that said hello."""
        client = await self.connect()
        client.token = token or self.login(person)
        client.hello = await client.ask("hello", token=client.token, **params)
        return client


class Client:
    def __init__(self, ws):
        self.ws = ws
        self.number = 0
        self.told = []  # notifications, in the order they came

    async def receive(self):
        """The next message, or an exception when the connection closed."""
        return json.loads(await asyncio.wait_for(self.ws.recv(), PATIENCE_S))

    async def answer(self, number):
        while True:
            message = await self.receive()
            if "method" not in message:
                if message["id"] != number:
                    raise AssertionError(f"answer to {message['id']}, not {number}")
                return message
            self.told.append(message)

    async def call(self, method, key=None, **params):
        """The whole answer: {result} or {error}."""
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        if key is not None:
            request["key"] = key
        await self.ws.send(json.dumps(request))
        return await self.answer(self.number)

    async def ask(self, method, **params):
        """The result; an error answer is a failure."""
        answer = await self.call(method, **params)
        if "result" not in answer:
            raise AssertionError(f"{method}: {answer}")
        return answer["result"]

    async def error(self, method, **params):
        answer = await self.call(method, **params)
        if "error" not in answer:
            raise AssertionError(f"{method} was not refused: {answer}")
        return answer["error"]

    async def send_text(self, text):
        """Send a frame as it is; the answer to it."""
        await self.ws.send(text)
        message = await self.receive()
        while "method" in message:
            self.told.append(message)
            message = await self.receive()
        return message

    async def event(self):
        """The next event, told already or still to come."""
        while True:
            for i, message in enumerate(self.told):
                if message["method"] == "event":
                    return self.told.pop(i)["params"]
            self.told.append(await self.receive())

    async def close_code(self):
        """Reads until the server has closed; its close code."""
        try:
            while True:
                self.told.append(await self.receive())
        except websockets.ConnectionClosed:
            return self.ws.close_code

    async def close(self):
        await self.ws.close()


async def until(condition):
    """Wait for what another process is about to do; PATIENCE_S bounds a hang."""
    async def poll():
        while not await condition():
            await asyncio.sleep(0.05)
    await asyncio.wait_for(poll(), PATIENCE_S)


class DoorTest(unittest.IsolatedAsyncioTestCase):
    """A test with a server of its own; `settings` are the server's."""
    settings = {}

    async def asyncSetUp(self):
        # unittest's debug mode reports every slow step; a thousand clients have many.
        asyncio.get_running_loop().set_debug(False)

    def setUp(self):
        self.door = Door(**self.settings)
        self.assertIsNone(self.door.status, getattr(self.door, "complaint", ""))
        self.stopped = False
        self.addCleanup(self.stop)

    def stop(self):
        if not self.stopped:
            self.stopped = True
            self.door.stop()


class _Tap(unittest.TestResult):
    def __init__(self, stream):
        super().__init__()
        self.stream, self.started = stream, time.monotonic()

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def _line(self, verdict, test, note=""):
        note += f" # {time.monotonic() - self.started:.1f} s" if "SKIP" not in note else ""
        name = test.id().split(".")[-1].replace("_", " ")
        print(f"{verdict} {self.testsRun} - {name}{note}", file=self.stream, flush=True)

    def addSuccess(self, test):
        self._line("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line("ok", test, f" # SKIP {reason}")

    def _bad(self, test, err):
        self._line("not ok", test)
        for line in self._exc_info_to_string(err, test).splitlines():
            print("# " + line, file=self.stream, flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._bad(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._bad(test, err)


def main():
    """Run the calling module's tests (or those named on the command line) and print TAP."""
    loader = unittest.defaultTestLoader
    module = sys.modules["__main__"]
    names = sys.argv[1:]
    suite = loader.loadTestsFromNames(names, module) if names else \
        loader.loadTestsFromModule(module)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = _Tap(sys.stdout)
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
