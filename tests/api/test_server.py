#!/usr/bin/python3
"""Where the server listens, over what, and what a wrong setting says."""
import datetime
import os
import resource
import socket
import ssl
import tempfile
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lib import PATIENCE_S, Door, DoorTest, main


def certificate(folder, name):
    """A self-signed certificate and its key, made now: (certificate, key) as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1)).sign(key, hashes.SHA256()))
    paths = [os.path.join(folder, f"{name}.{kind}") for kind in ("crt", "key")]
    with open(paths[0], "wb") as out:
        out.write(made.public_bytes(serialization.Encoding.PEM))
    with open(paths[1], "wb") as out:
        out.write(key.private_bytes(serialization.Encoding.PEM,
                                    serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption()))
    return paths


class Tls(DoorTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kyhop-tls-")
        self.addCleanup(self.folder.cleanup)
        crt, key = certificate(self.folder.name, "a")
        www = os.path.join(self.folder.name, "www")
        os.mkdir(www)
        with open(os.path.join(www, "big.bin"), "wb") as out:
            out.write(b"0123456789" * 300000)
        self.settings = {"certificate": crt, "key": key, "web_root": www}
        super().setUp()

    async def test_pages_logins_and_websockets_work_over_tls(self):
        status, headers, body = self.door.post_json("/login", {"code": self.door.codes["chair"]})
        self.assertEqual(status, 200)
        self.assertIn("Secure", headers["Set-Cookie"].split("; "))
        self.assertEqual(self.door.get("/big.bin")[2], b"0123456789" * 300000)
        an = await self.door.enter("an")
        self.assertEqual(len((await an.ask("echo", t="ừ" * 9000))["params"]["t"]), 9000)
        await an.ask("count", n=50, bytes=15000)
        self.assertEqual([(await an.event())["seq"] for _ in range(50)], list(range(1, 51)))
        await an.close()

    def test_plain_text_on_the_tls_port_gets_nothing(self):
        self.assertNotIn(b"200", self.door.raw(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"))
        self.assertEqual(self.door.get("/healthz")[0], 200)

    def test_requests_thrown_together_over_tls_hang_nothing(self):
        get = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
        put = b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
        context = ssl._create_unverified_context()
        for together in [get + get, get + put, put + get, put * 3, get + b"x" * 20000]:
            with context.wrap_socket(socket.create_connection(("127.0.0.1", self.door.port),
                                                              PATIENCE_S)) as tls:
                tls.sendall(together)
                answer = b""
                try:
                    while part := tls.recv(65536):
                        answer += part
                except OSError:
                    pass
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, together[:200])
            self.assertEqual(self.door.get("/healthz")[0], 200)

    def test_http2_is_not_offered(self):
        context = ssl._create_unverified_context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with context.wrap_socket(socket.create_connection(("127.0.0.1", self.door.port))) as tls:
            self.assertEqual(tls.selected_alpn_protocol(), "http/1.1")
            self.assertIn(tls.version(), ("TLSv1.2", "TLSv1.3"))


class Settings(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kyhop-settings-")
        self.addCleanup(self.folder.cleanup)

    def refused(self, **settings):
        """What the server says when it does not start."""
        door = Door(**settings)
        if door.status is None:
            door.stop()
            self.fail(f"started with {settings}")
        self.assertEqual(door.status, 1, door.complaint)
        return door.complaint

    def started(self, **settings):
        door = Door(**settings)
        self.assertIsNone(door.status, getattr(door, "complaint", ""))
        self.addCleanup(door.stop)
        return door

    def test_without_a_certificate_only_loopback_is_served(self):
        for address in ["0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "2001:db8::1"]:
            self.assertIn("without a certificate only loopback", self.refused(address=address))

    def test_it_can_be_told_to_serve_plain_text_elsewhere(self):
        for address in ["0.0.0.0", "::"]:
            door = self.started(address=address, allow_plain=1)
            self.assertEqual(door.get("/healthz")[0], 200)

    def test_every_loopback_address_will_do(self):
        self.assertEqual(self.started(address="127.0.0.1").get("/healthz")[0], 200)
        door = self.started(address="127.9.8.7")
        self.assertEqual(door.request("GET", "/healthz", host="127.9.8.7")[0], 200)
        with self.assertRaises(OSError):
            door.request("GET", "/healthz", host="127.0.0.1")
        door = self.started(address="::1")
        self.assertEqual(door.request("GET", "/healthz", host="::1")[0], 200)

    def test_wrong_settings_are_named(self):
        crt, key = certificate(self.folder.name, "a")
        other = certificate(self.folder.name, "b")[1]
        noise = os.path.join(self.folder.name, "noise")
        with open(noise, "w") as out:
            out.write("noise")
        self.assertIn("localhost", self.refused(address="localhost"))
        self.assertIn("set both", self.refused(certificate=crt))
        self.assertIn("set both", self.refused(key=key))
        self.assertIn(noise, self.refused(certificate=noise, key=key))
        self.assertIn("/nowhere.crt", self.refused(certificate="/nowhere.crt", key=key))
        self.assertIn("is not the PEM key", self.refused(certificate=crt, key=other))
        self.assertIn("/nowhere/auth.db", self.refused(auth_db="/nowhere/auth.db"))
        self.assertIn("auth_db", self.refused(auth_db=None))
        self.assertIn("/nowhere", self.refused(recordings="/nowhere"))

    def test_a_missing_web_root_does_not_keep_a_sitting_from_starting(self):
        self.assertEqual(self.started(web_root="/nowhere").get("/")[0], 200)

    def test_a_port_that_is_taken_is_named(self):
        door = self.started()
        self.assertIn(f"port {door.port}", self.refused(port=door.port))

    def test_a_restart_gets_its_port_back_at_once(self):
        door = Door()
        for _ in range(3):
            self.assertEqual(door.get("/healthz")[0], 200)
            port = door.port
            door.stop()
            door = Door(port=port)
        door.stop()

    def test_sessions_outlive_a_restart(self):
        auth = os.path.join(self.folder.name, "auth.db")
        door = Door(auth_db=auth)
        token = door.login("an")
        door.stop()
        door = self.started(auth_db=auth)
        self.assertEqual(door.get("/documents/x", Cookie=f"kyhop={token}")[0], 200)

    def test_the_limit_of_open_files_is_raised_when_it_is_too_low(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        try:
            door = self.started()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with open(f"/proc/{door.process.pid}/limits") as file:
            limit = next(line for line in file if line.startswith("Max open files")).split()[3]
        self.assertGreaterEqual(int(limit), 2000)


if __name__ == "__main__":
    main()
