"""Many WebSocket clients in one thread, with as little of their own cost as Python allows: raw
sockets, epoll, frames made by hand (RFC 6455 section 5.2)."""
import asyncio
import base64
import json
import os
import select
import socket
import struct
import threading
import time


def frame(text):
    """A masked text frame; a mask of zeros leaves the payload as it is."""
    data = text.encode()
    if len(data) < 126:
        head = struct.pack("!BB", 0x81, 0x80 | len(data))
    else:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
    return head + b"\0\0\0\0" + data


class Client:
    """One connection; .inbox holds bytes of frames that have not been taken."""

    def __init__(self, port, token):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /api HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Protocol: kyhop.v1\r\n\r\n").encode())
        self.inbox = b""
        while b"\r\n\r\n" not in self.inbox:
            self.inbox += self.socket.recv(4096)
        head, self.inbox = self.inbox.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode())
        self.send("hello", 0, token=token)
        while self.take_one(0) is None:
            self.inbox += self.socket.recv(1 << 20)
        self.socket.setblocking(False)

    def send(self, method, number, **params):
        self.socket.sendall(frame(json.dumps({"jsonrpc": "2.0", "id": number, "method": method,
                                              "params": params})))

    def frames(self):
        """Payloads of the whole text frames in the inbox."""
        at, data = 0, self.inbox
        while len(data) - at >= 2:
            size, head = data[at + 1] & 127, 2
            if size == 126:
                if len(data) - at < 4:
                    break
                size, head = struct.unpack_from("!H", data, at + 2)[0], 4
            elif size == 127:
                if len(data) - at < 10:
                    break
                size, head = struct.unpack_from("!Q", data, at + 2)[0], 10
            if len(data) - at < head + size:
                break
            if data[at] & 15 == 9:  # a ping: without the answer the server takes us for dead
                self.socket.sendall(struct.pack("!BBI", 0x8a, 0x80 | size, 0)
                                    + data[at + head:at + head + size])
            if data[at] & 15 == 8:
                raise ConnectionError(f"closed by the server: {data[at + head:at + head + size]!r}")
            if data[at] & 15 == 1:
                yield data[at + head:at + head + size]
            at += head + size
        self.inbox = data[at:]

    def take_one(self, number):
        """The answer with this id, when it is there."""
        found = None
        for text in self.frames():
            message = json.loads(text)
            if message.get("id") == number:
                found = message
        return found


class Flock:
    """Clients and one epoll. pump() hands every frame to on_frame(client, bytes, time)."""

    def __init__(self, port, tokens):
        self.clients, self.by_fd, self.epoll = [], {}, select.epoll()
        for token in tokens:
            client = Client(port, token)
            self.clients.append(client)
            self.by_fd[client.socket.fileno()] = client
            self.epoll.register(client.socket.fileno(), select.EPOLLIN)
            if len(self.clients) % 20 == 0:
                self.pump(0.002, lambda *_: False)  # the server pings those that wait

    def run(self, coroutine):
        """The result of @coroutine; the clients answer pings meanwhile, as living ones do."""
        result = []
        thread = threading.Thread(target=lambda: result.append(asyncio.run(coroutine)))
        thread.start()
        while thread.is_alive():
            self.pump(0.05, lambda *_: False)
        thread.join()
        return result[0]

    def pump(self, seconds, on_frame):
        """Read for at most @seconds or until on_frame returns True."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for fd, _ in self.epoll.poll(min(left, 0.05)):
                client = self.by_fd[fd]
                chunk = client.socket.recv(1 << 20)
                now = time.monotonic()
                if not chunk:
                    raise ConnectionError("the server closed a connection")
                client.inbox += chunk
                for text in client.frames():
                    if on_frame(client, text, now):
                        return
