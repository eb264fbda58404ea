#!/usr/bin/python3
"""Events to many readers: all of them, in order, whatever the slowest does."""
import asyncio
import json
import resource
import socket

from lib import PATIENCE_S, DoorTest, main, until

READERS = 1000
EVENTS = 20


def small_socket(port):
    """A connection whose kernel buffers hold little, so that not reading is felt soon."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    return connection


class Fanout(DoorTest):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        super().setUp()

    async def test_a_thousand_readers_get_every_event_in_order(self):
        token = self.door.login("screen")
        readers = []
        for _ in range(READERS // 50):
            readers += await asyncio.gather(*[self.door.enter(token=token) for _ in range(50)])
        chair = await self.door.enter("chair")
        self.assertEqual((await chair.ask("state.get"))["readers"], READERS + 1)
        await chair.ask("count", n=EVENTS // 2)
        await chair.ask("count", n=EVENTS // 2)

        async def all_of(reader):
            return [(await reader.event())["seq"] for _ in range(EVENTS)]
        for seqs in await asyncio.gather(*map(all_of, readers)):
            self.assertEqual(seqs, list(range(1, EVENTS + 1)))
        await asyncio.gather(*[reader.close() for reader in readers])

        async def alone():
            return (await chair.ask("state.get"))["readers"] == 1
        await until(alone)
        await chair.close()


class SlowReader(DoorTest):
    settings = {"backlog_bytes": 200000, "window": 1000}

    def metric(self, name):
        text = self.door.get("/metrics")[2].decode()
        return int(next(line.split()[1] for line in text.splitlines()
                        if line.startswith(f"kyhop_api_{name} ")))

    async def test_a_reader_that_stops_is_dropped_and_the_others_get_everything(self):
        chair, an = await self.door.enter("chair"), await self.door.enter("an")
        slow = await self.door.connect(sock=small_socket(self.door.port), max_queue=1,
                                       read_limit=1024)
        await slow.ask("hello", token=self.door.login("binh"))
        slow.ws.transport.pause_reading()
        sent = 0

        async def is_dropped():
            nonlocal sent
            await chair.ask("count", n=4, bytes=20000)
            sent += 4
            return self.metric("dropped_readers_total") == 1
        await until(is_dropped)
        for seq in range(1, sent + 1):
            self.assertEqual((await an.event())["seq"], seq)

        # The socket goes at once or, as it takes no close frame, after a few seconds.
        async def is_gone():
            return (await chair.ask("state.get"))["readers"] == 2
        await until(is_gone)
        self.assertIn("-binh", (await chair.ask("state.get"))["presence"])
        self.assertEqual(self.metric("dropped_readers_total"), 1)
        slow.ws.transport.abort()
        await chair.close()
        await an.close()

    async def test_whoever_was_dropped_comes_back_and_misses_nothing(self):
        chair = await self.door.enter("chair")
        for _ in range(25):
            await chair.ask("count", n=4, bytes=20000)
        # Ten times what a reader may leave unsent.
        an = await self.door.enter("an", resume_from=0)
        self.assertEqual([(await an.event())["seq"] for _ in range(100)], list(range(1, 101)))
        self.assertEqual(self.metric("dropped_readers_total"), 0)
        await an.close()
        await chair.close()

    async def test_a_caller_that_reads_no_answers_is_dropped_too(self):
        chair = await self.door.enter("chair")
        slow = await self.door.connect(sock=small_socket(self.door.port), max_queue=1,
                                       read_limit=1024)
        await slow.ask("hello", token=self.door.login("binh"))
        slow.ws.transport.pause_reading()
        text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "echo",
                           "params": {"t": "x" * 60000}})

        async def flood():
            while True:
                await slow.ws.send(text)
                await asyncio.sleep(0.02)  # within its rate
        task = asyncio.create_task(flood())

        async def is_dropped():
            return self.metric("dropped_readers_total") == 1
        await until(is_dropped)
        task.cancel()
        slow.ws.transport.abort()
        self.assertEqual((await chair.ask("echo"))["who"], "chair")
        await chair.close()


class Notes(DoorTest):
    settings = {"backlog_bytes": 100 << 20}

    async def test_levels_reach_those_they_are_meant_for(self):
        chair, an = await self.door.enter("chair"), await self.door.enter("an")
        screen = await self.door.enter("screen")
        await chair.ask("note_to", person="an", n=1)
        await chair.ask("note_to", roles=4, n=2)
        await chair.ask("note_to", roles=2, person="chair", n=3)
        await chair.ask("note_to", roles=4, person="chair", n=4)
        await chair.ask("count")
        for client, expected in [(chair, [3]), (an, [1]), (screen, [2])]:
            await client.event()
            self.assertEqual([m["params"]["n"] for m in client.told if m["method"] == "stats"],
                             expected)
            await client.close()

    async def test_levels_come_from_a_timer_without_anybody_calling(self):
        an = await self.door.enter("an")
        await an.ask("notes", n=5)
        seen = 0
        while seen != 1:
            message = await an.receive()
            self.assertEqual(message["method"], "levels")
            seen = message["params"]["left"]
        await an.close()

    async def test_levels_are_left_out_while_a_reader_is_behind(self):
        chair = await self.door.enter("chair")
        slow = await self.door.connect(sock=small_socket(self.door.port), max_queue=1,
                                       read_limit=1024)
        await slow.ask("hello", token=self.door.login("binh"))
        slow.ws.transport.pause_reading()
        for _ in range(20):
            await chair.ask("count", n=20, bytes=60000)  # more than any socket buffer takes
        await chair.ask("notes", n=10)
        while (await chair.receive())["params"].get("left") != 1:
            pass
        slow.ws.transport.resume_reading()
        seqs = [(await slow.event())["seq"] for _ in range(400)]
        self.assertEqual(seqs, list(range(1, 401)))
        await slow.ask("ping")
        self.assertEqual([m for m in slow.told if m["method"] == "levels"], [])
        await slow.close()
        await chair.close()


if __name__ == "__main__":
    main()
