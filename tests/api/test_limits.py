#!/usr/bin/python3
"""How much one connection and one address may ask, and how long the server waits for it."""
import asyncio
import json
import os
import signal
import socket
import time

import websockets

from lib import PATIENCE_S, Door, DoorTest, main, until

TOO_MANY = -32006


class Requests(DoorTest):
    settings = {"rate_per_s": 5, "rate_burst": 10}

    async def test_too_many_requests_are_told_when_to_come_again(self):
        an, binh = await self.door.enter("an"), await self.door.enter("binh")
        errors = []
        while not errors:
            answer = await an.call("echo")
            if "error" in answer:
                errors.append(answer["error"])
        self.assertEqual(errors[0]["code"], TOO_MANY)
        self.assertEqual(set(errors[0]["data"]["reason"]), {"vi", "en"})
        wait_ms = errors[0]["data"]["retry_after_ms"]
        self.assertTrue(0 < wait_ms <= 201, wait_ms)
        self.assertEqual((await binh.ask("echo"))["who"], "binh")
        await asyncio.sleep(wait_ms / 1000)
        self.assertEqual((await an.ask("echo"))["who"], "an")
        await an.close()
        await binh.close()

    async def test_malformed_requests_count_too(self):
        client = await self.door.connect()
        codes = [(await client.send_text("{"))["error"]["code"] for _ in range(12)]
        self.assertEqual(codes[:10], [-32700] * 10)
        self.assertIn(TOO_MANY, codes[10:])
        await client.close()


class Logins(DoorTest):
    settings = {"logins_per_min": 3}

    def attempt(self, code, **headers):
        status, answer, body = self.door.post_json("/login", {"code": code}, **headers)
        return status, answer, json.loads(body)

    def test_guessing_is_slowed_down_and_right_codes_do_not_count(self):
        for person in ["an", "binh", "chair", "operator"]:
            self.assertEqual(self.attempt(self.door.codes[person])[0], 200)
        for _ in range(3):
            self.assertEqual(self.attempt("0" * 26)[0], 401)
        status, headers, body = self.attempt("0" * 26)
        self.assertEqual((status, body["error"]["code"]), (429, "too_many_requests"))
        self.assertEqual(set(body["error"]["reason"]), {"vi", "en"})
        self.assertTrue(0 < int(headers["Retry-After"]) <= 21)
        # Even a right code has to wait, or a guesser would learn from the difference.
        self.assertEqual(self.attempt(self.door.codes["screen"])[0], 429)

    def test_addresses_behind_a_proxy_on_this_machine_are_told_apart(self):
        for _ in range(3):
            self.attempt("0" * 26, X_Forwarded_For="192.0.2.1")
        self.assertEqual(self.attempt("0" * 26, X_Forwarded_For="192.0.2.1")[0], 429)
        self.assertEqual(self.attempt("0" * 26, X_Forwarded_For="192.0.2.9, 192.0.2.1")[0], 429)
        self.assertEqual(self.attempt("0" * 26, X_Forwarded_For="192.0.2.1, 192.0.2.2")[0], 401)
        self.assertEqual(self.attempt("0" * 26)[0], 401)


class Connections(DoorTest):
    settings = {"per_address": 5}

    async def test_one_address_has_only_so_many_connections(self):
        clients = [await self.door.connect() for _ in range(5)]
        with self.assertRaises((OSError, websockets.InvalidMessage, websockets.ConnectionClosed)):
            await self.door.connect()
        await clients.pop().close()

        async def has_room():
            try:
                clients.append(await self.door.connect())
            except (OSError, websockets.InvalidMessage, websockets.ConnectionClosed):
                return False
            return True
        await until(has_room)
        for client in clients:
            await client.close()


class AllConnections(DoorTest):
    settings = {"connections_max": 3}

    async def test_all_together_have_a_limit(self):
        clients = [await self.door.connect() for _ in range(3)]
        with self.assertRaises((OSError, websockets.InvalidMessage, websockets.ConnectionClosed)):
            await self.door.connect()
        for client in clients:
            self.assertIn("time", await client.ask("ping"))
            await client.close()


class Patience(DoorTest):
    settings = {"timeout_s": 1, "ping_s": 1}

    async def test_who_does_not_say_hello_is_sent_away(self):
        client = await self.door.connect()
        self.assertEqual(await client.close_code(), 1008)

    async def test_who_said_hello_may_be_silent_and_answers_pings(self):
        client = await self.door.enter("an")
        await asyncio.sleep(5)
        self.assertEqual((await client.ask("echo"))["who"], "an")
        await client.close()

    def drip(self, data, pause_s=0.2):
        """Send byte by byte; how long the server bore it."""
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.door.port), PATIENCE_S) as connection:
            try:
                for byte in data:
                    connection.sendall(bytes([byte]))
                    connection.settimeout(pause_s)
                    try:
                        if not connection.recv(4096):
                            break
                    except socket.timeout:
                        pass
                    self.assertLess(time.monotonic() - start, PATIENCE_S)
            except OSError:
                pass
        return time.monotonic() - start

    def test_headers_and_bodies_in_drips_are_not_waited_for(self):
        self.drip(b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X-Slow: " + b"y" * 5000)
        self.drip(b"POST /login HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n" + b"x" * 5000)
        self.assertEqual(self.door.get("/healthz")[0], 200)

    def test_a_silent_connection_is_closed(self):
        self.assertEqual(self.door.raw(b""), b"")
        self.assertEqual(self.door.raw(b"GET / HT"), b"")

    async def test_a_dead_peer_is_noticed(self):
        chair = await self.door.enter("chair")
        pid = os.fork()
        if pid == 0:  # a client whose machine freezes: its kernel still takes what is sent
            try:
                asyncio.run(self.freeze())
            finally:
                os._exit(1)
        try:
            async def there():
                return "+an" in (await chair.ask("state.get"))["presence"]
            await until(there)
            os.kill(pid, signal.SIGSTOP)

            async def gone():
                return "-an" in (await chair.ask("state.get"))["presence"]
            await until(gone)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        await chair.close()

    async def freeze(self):
        await self.door.enter("an")
        await asyncio.sleep(PATIENCE_S)


if __name__ == "__main__":
    main()
