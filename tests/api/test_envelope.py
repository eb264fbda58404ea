#!/usr/bin/python3
"""Bad input: each gets its exact code, and the connection lives or ends as documented."""
import json
import os
import random
import socket
import struct
import time

import websockets

from lib import PATIENCE_S, DoorTest, main

PARSE, REQUEST, METHOD, PARAMS, UNAUTHENTICATED = -32700, -32600, -32601, -32602, -32001


def request(**members):
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping", **members})


class Envelope(DoorTest):
    settings = {"rate_burst": 1000}

    async def refused(self, client, text, code, answered_id=None):
        answer = await client.send_text(text)
        self.assertEqual(answer["error"]["code"], code, text[:80])
        self.assertEqual(answer["id"], answered_id, text[:80])
        self.assertEqual(answer["jsonrpc"], "2.0")
        self.assertTrue(answer["error"]["message"])

    async def test_malformed_requests_get_their_code_and_the_connection_lives(self):
        client = await self.door.enter("an")
        for text in ["", " ", "{", "nonsense", '{"id":1,"id":2}', "{'a':1}", request() + "x",
                     request()[:-1], "[" * 60000, '{"a":' * 9000, '{"n":1e999}',
                     '{"n":123456789012345678901234567890}', '{"n":NaN}', '"\\ud800"',
                     request(method="a\0b")]:
            await self.refused(client, text, PARSE)
        for text in ["1", "null", "true", '"text"', "[]", f"[{request()}]", "{}",
                     request(id=None), request(id=1.5), request(id=[]), request(id={}),
                     request(id="x" * 129), '{"jsonrpc":"2.0","method":"ping"}',
                     '{"jsonrpc":"2.0","method":"count","params":{}}']:
            await self.refused(client, text, REQUEST)
        for members in [{"jsonrpc": "1.0"}, {"jsonrpc": 2}, {"method": 5}, {"method": None},
                        {"method": ""}, {"method": "m" * 65}, {"key": 5}, {"key": ""},
                        {"key": "k" * 65}]:
            await self.refused(client, request(**members), REQUEST, 1)
        for params in [[], [1], None, 5, "text", True]:
            await self.refused(client, request(params=params), PARAMS, 1)
        await self.refused(client, request(method="no.such"), METHOD, 1)
        state = await client.ask("state.get")
        self.assertEqual(state["counter"], 0, "a notification was carried out")
        await client.close()

    async def test_ids_come_back_as_they_were(self):
        client = await self.door.enter("an")
        for number in [0, -1, 7, 2**53, 2**63 - 1, "", "chữ", "x" * 128]:
            answer = await client.send_text(request(id=number))
            self.assertEqual(answer["id"], number)
            self.assertIn("time", answer["result"])
        await client.close()

    async def test_keys_and_params_reach_the_council_untouched(self):
        client = await self.door.enter("an")
        params = {"text": "Đề nghị phát biểu 🎤", "n": -12.5, "list": [1, {"a": None}], "big": 2**62}
        answer = await client.call("echo", key="k" * 64, **params)
        self.assertEqual(answer["result"], {"who": "an", "params": params, "key": "k" * 64})
        await client.close()

    async def test_before_hello_only_hello_and_ping_are_answered(self):
        client = await self.door.connect()
        self.assertRegex((await client.ask("ping"))["time"],
                         r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        for method in ["echo", "count", "no.such", "state.get"]:
            error = await client.error(method)
            self.assertEqual(error["code"], UNAUTHENTICATED)
            self.assertEqual(set(error["data"]["reason"]), {"vi", "en"})
        await client.close()

    async def test_a_request_may_be_64_kib_and_not_a_byte_more(self):
        client = await self.door.enter("an")
        empty = len(request(method="echo", params={"t": ""}))
        answer = await client.send_text(request(method="echo", params={"t": "x" * (65536 - empty)}))
        self.assertEqual(len(answer["result"]["params"]["t"]), 65536 - empty)
        await self.refused(client, request(method="echo", params={"t": "x" * (65537 - empty)}),
                           REQUEST)
        self.assertEqual(await client.close_code(), 1009)

    async def test_a_request_in_many_fragments_is_one_request(self):
        client = await self.door.enter("an")
        text = request(method="echo", params={"t": "ừ" * 20000})
        data = json.dumps(json.loads(text), ensure_ascii=False)
        answer = await client.send_text([data[i:i + 997] for i in range(0, len(data), 997)])
        self.assertEqual(answer["result"]["params"]["t"], "ừ" * 20000)
        await client.close()

    async def test_fragments_that_add_up_to_too_much_are_refused(self):
        client = await self.door.enter("an")
        answer = await client.send_text(["x" * 8000] * 9)
        self.assertEqual(answer["error"]["code"], REQUEST)
        self.assertEqual(await client.close_code(), 1009)

    async def test_a_huge_frame_is_refused_without_being_waited_for(self):
        client = await self.door.connect()
        # A frame that says it is 2^40 bytes, of which ten come.
        client.ws.transport.write(b"\x81\xff" + struct.pack(">Q", 1 << 40) + b"\0\0\0\0" + b"x" * 10)
        answer = await client.receive()
        self.assertEqual((answer["id"], answer["error"]["code"]), (None, REQUEST))
        self.assertEqual(await client.close_code(), 1009)

    async def test_a_binary_frame_is_refused_and_the_connection_closed(self):
        client = await self.door.enter("an")
        answer = await client.send_text(request().encode())
        self.assertEqual((answer["id"], answer["error"]["code"]), (None, REQUEST))
        self.assertEqual(await client.close_code(), 1003)

    async def test_invalid_utf8_is_refused_and_the_connection_closed(self):
        for bad in [b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', b"\xc3", b"\xed\xa0\x80",
                    b"\xf8\x88\x80\x80\x80", b"\xc0\xaf"]:
            client = await self.door.connect()
            client.ws.transport.write(bytes([0x81, 0x80 | len(bad)]) + b"\0\0\0\0" + bad)
            answer = await client.receive()
            self.assertEqual((answer["id"], answer["error"]["code"]), (None, PARSE))
            self.assertEqual(await client.close_code(), 1007)

    async def test_broken_framing_ends_the_connection_and_nothing_else(self):
        witness = await self.door.enter("an")
        for frame in [b"\xf1\x80\0\0\0\0",  # reserved bits
                      b"\x83\x80\0\0\0\0",  # unknown opcode
                      b"\x80\x80\0\0\0\0",  # continuation of nothing
                      b"\x09\x80\0\0\0\0",  # fragmented ping
                      b"\x01\x81\0\0\0\0x\x81\x81\0\0\0\0y",  # new text within a text
                      b"\x89\xfe\x01\x00" + b"\0" * 260,  # long ping
                      b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"]:
            client = await self.door.connect()
            client.ws.transport.write(frame)
            self.assertIn(await client.close_code(), (1002, 1006), frame)
        self.assertEqual((await witness.ask("echo"))["who"], "an")
        await witness.close()

    async def test_the_server_answers_pings_of_the_protocol(self):
        client = await self.door.connect()
        await (await client.ws.ping(b"are you there"))
        await client.close()

    async def test_a_client_that_vanishes_mid_request_harms_nobody(self):
        witness = await self.door.enter("an")
        for _ in range(20):
            client = await self.door.connect()
            client.ws.transport.write(b"\x81\xfe\xff\xff\0\0\0\0" + b"x" * 5000)
            client.ws.transport.abort()
        self.assertEqual((await witness.ask("echo"))["who"], "an")
        await witness.close()


class Upgrade(DoorTest):
    async def status(self, **options):
        try:
            client = await self.door.connect(**options)
        except websockets.InvalidStatusCode as refusal:
            return refusal.status_code
        await client.close()
        return 101

    async def test_pages_of_this_host_and_other_programs_may_connect(self):
        self.assertEqual(await self.status(), 101)
        self.assertEqual(await self.status(origin=f"http://127.0.0.1:{self.door.port}"), 101)
        self.assertEqual(await self.status(subprotocols=["other", "kyhop.v1"]), 101)

    async def test_pages_of_other_sites_may_not(self):
        for origin in ["http://evil.example", "null", f"http://127.0.0.1:{self.door.port + 1}",
                       "http://127.0.0.1", f"http://localhost:{self.door.port}"]:
            self.assertEqual(await self.status(origin=origin), 403, origin)

    async def test_only_the_api_path_and_subprotocol_are_served(self):
        self.assertEqual(await self.status(path="/"), 404)
        self.assertEqual(await self.status(path="/api/x"), 404)
        self.assertEqual(await self.status(subprotocols=None), 400)
        self.assertEqual(await self.status(subprotocols=["kyhop.v2"]), 400)

    def handshake(self, **changes):
        headers = {"Host": "h", "Connection": "Upgrade", "Upgrade": "websocket",
                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Protocol": "kyhop.v1"}
        headers.update({k.replace("_", "-"): v for k, v in changes.items()})
        lines = [f"{k}: {v}" for k, v in headers.items() if v is not None]
        data = "GET /api HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n"
        return self.door.raw(data.encode(), until_close=False)

    def test_odd_upgrades_are_refused(self):
        self.assertIn(b" 101 ", self.handshake().split(b"\r\n")[0])
        for changes in [{"Sec_WebSocket_Version": "8"}, {"Sec_WebSocket_Version": None},
                        {"Sec_WebSocket_Key": None}, {"Upgrade": "h2c"},
                        {"Sec_WebSocket_Protocol": "x" * 600}]:
            self.assertIn(b" 400 ", self.handshake(**changes).split(b"\r\n")[0], changes)
        self.assertIn(b" 400 ", self.handshake(Sec_WebSocket_Protocol="plain http"))
        self.assertNotIn(b" 101 ", self.handshake(Sec_WebSocket_Protocol="plain http, kyhop.v1"))
        self.assertNotIn(b" 101 ", self.handshake(Upgrade="tls/1.0"))
        self.assertNotIn(b" 101 ", self.handshake(Connection="close"))
        self.assertIn(b" 101 ", self.handshake().split(b"\r\n")[0])


class Noise(DoorTest):
    settings = {"timeout_s": 1, "logins_per_min": 100000}

    def test_noise_on_the_port_is_survived(self):
        for size in [1, 7, 100, 5000, 100000]:
            self.throw([os.urandom(size)])
        self.assertEqual(self.door.get("/healthz")[0], 200)

    def throw(self, pieces, is_ending=True):
        with socket.create_connection(("127.0.0.1", self.door.port), PATIENCE_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                for piece in pieces:
                    connection.sendall(piece)
                if is_ending:
                    connection.shutdown(socket.SHUT_WR)
                else:
                    connection.settimeout(0.02)
                while connection.recv(65536):
                    pass
            except OSError:
                pass

    def test_requests_thrown_together_at_random_hang_nothing(self):
        host = b" HTTP/1.1\r\nHost: h\r\n"
        upgrade = (b"GET /api" + host + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
                   b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                   b"Sec-WebSocket-Protocol: kyhop.v1\r\n\r\n")
        ping = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
        parts = [b"GET /" + host + b"\r\n", b"HEAD /x.js" + host + b"\r\n",
                 b"PUT /" + host + b"Content-Length: 5\r\n\r\nhello",
                 b"POST /login" + host + b'Content-Length: 12\r\n\r\n{"code":"x"}',
                 b"POST /logout" + host + b"Content-Length: 0\r\n\r\n",
                 b"GET /" + host + b"Content-Length: 9\r\n\r\nunwelcome",
                 b"GET /" + host + b"Upgrade: foo\r\nConnection: Upgrade\r\n\r\n",
                 b"GET /metrics" + host + b"Connection: keep-alive\r\n\r\n",
                 upgrade, upgrade.replace(b"kyhop.v1", b"other"),
                 bytes([0x81, 0x80 | len(ping)]) + b"\0\0\0\0" + ping,
                 b"\x89\x80\0\0\0\0", b"\x88\x80\0\0\0\0", b"\x82\x81\0\0\0\0x", b"noise"]
        for seed in range(300):
            chance = random.Random(seed)
            data = b"".join(chance.choices(parts, k=chance.randint(1, 6)))
            cuts = sorted(chance.randint(0, len(data)) for _ in range(chance.randint(0, 4)))
            ends = [0] + cuts + [len(data)]
            self.throw([data[a:b] for a, b in zip(ends, ends[1:])], is_ending=seed % 2)
            if seed % 10 == 0:
                self.assertEqual(self.door.get("/healthz")[0], 200, f"seed {seed}")
        # Nothing is left to do: a server that spins would use the whole second.
        before = self.cpu_s()
        time.sleep(1)
        self.assertLess(self.cpu_s() - before, 0.3)

    def cpu_s(self):
        with open(f"/proc/{self.door.process.pid}/stat") as file:
            fields = file.read().rsplit(")")[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_a_request_that_comes_with_the_upgrade_is_answered(self):
        ping = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
        upgrade = (b"GET /api HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
                   b"Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: kyhop.v1\r\n\r\n")
        answer = self.door.raw(upgrade + bytes([0x81, 0x80 | len(ping)]) + b"\0\0\0\0" + ping)
        self.assertIn(b'"result":{"time"', answer)
        self.assertIn(b"\x03\xf0hello expected", answer)


if __name__ == "__main__":
    main()
