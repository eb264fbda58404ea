#!/usr/bin/python3
"""Pages, files and figures: what is served, to whom, and what cannot be reached."""
import gzip
import json
import os
import socket

from lib import PATIENCE_S, DoorTest, main

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ASYNCAPI = os.path.join(REPO, "core", "api", "asyncapi.yaml")


class Site(DoorTest):
    """A server with a small site and a recording."""

    def setUp(self):
        import tempfile
        self.site = tempfile.TemporaryDirectory(prefix="kyhop-site-")
        self.addCleanup(self.site.cleanup)
        self.write("secret.txt", b"not for the web")
        self.write("www/index.html", b"<!doctype html>start")
        self.write("www/chair.html", b"<!doctype html>chair")
        self.write("www/assets/app-Ab3_-xYz.js", b"const a = 1;" * 1000)
        self.write("www/assets/app-Ab3_-xYz.js.gz", gzip.compress(b"const a = 1;" * 1000))
        self.write("www/assets/plain.css", b"body{}")
        self.write("www/empty.txt", b"")
        self.write("www/big.bin", os.urandom(1) * 3_000_000)
        self.write("www/.env", b"hidden")
        self.write("www/.well-known/x", b"hidden")
        self.write("recordings/demo/1.ogg", bytes(range(256)) * 100)
        os.symlink(os.path.join(self.site.name, "secret.txt"), self.file("www/link.txt"))
        os.symlink(self.site.name, self.file("www/up"))
        os.mkfifo(self.file("www/pipe"))
        self.write("papers/to-trinh.pdf", b"%PDF-1.4 paper")
        self.write("papers/deep/T\u1edd tr\u00ecnh s\u1ed1 1.MD", "# Tờ trình\n".encode())
        self.write("papers/page.html", b"<script>alert(1)</script>")
        self.write("papers/drawing.svg", b"<svg><script>alert(1)</script></svg>")
        self.write("papers/code.js", b"alert(1)")
        self.write("papers/.hidden.pdf", b"hidden")
        self.write("papers/big.bin", bytes(range(256)) * 20_000)
        os.symlink(os.path.join(self.site.name, "secret.txt"), self.file("papers/link.txt"))
        os.symlink(self.site.name, self.file("papers/up"))
        self.settings = {"web_root": self.file("www"), "recordings": self.file("recordings"),
                         "papers": self.file("papers"),
                         "asyncapi": ASYNCAPI, "timeout_s": 2}
        super().setUp()

    def file(self, name):
        return os.path.join(self.site.name, name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "wb") as out:
            out.write(data)


class Pages(Site):
    def test_files_have_their_types_and_contents(self):
        for path, mime, start in [("/", "text/html; charset=utf-8", b"<!doctype html>start"),
                                  ("/index.html", "text/html; charset=utf-8", b"<!doctype html>s"),
                                  ("/chair", "text/html; charset=utf-8", b"<!doctype html>chair"),
                                  ("/assets/app-Ab3_-xYz.js", "text/javascript; charset=utf-8",
                                   b"const"),
                                  ("/assets/plain.css", "text/css; charset=utf-8", b"body{}"),
                                  ("/empty.txt", "text/plain; charset=utf-8", b"")]:
            status, headers, body = self.door.get(path)
            self.assertEqual((status, headers["Content-Type"]), (200, mime), path)
            self.assertTrue(body.startswith(start), path)
            self.assertEqual(int(headers["Content-Length"]), len(body))

    def test_a_large_file_arrives_whole(self):
        with open(self.file("www/big.bin"), "rb") as file:
            self.assertEqual(self.door.get("/big.bin")[2], file.read())

    def test_places_within_the_pages_are_the_start_page_and_missing_files_are_missing(self):
        for path in ["/delegate", "/vote/7", "/chair/", "/login"]:
            self.assertEqual(self.door.get(path)[2], b"<!doctype html>start", path)
        for path in ["/missing.js", "/assets/nothing.css", "/assets/app-Ab3_-xYz.js.map",
                     "/recordings", "/documents"]:
            status, _, body = self.door.get(path)
            self.assertNotIn(b"const", body)
            if "." in path:
                self.assertEqual(status, 404, path)

    def test_compressed_files_go_to_those_that_can_read_them(self):
        path = "/assets/app-Ab3_-xYz.js"
        status, headers, body = self.door.get(path, Accept_Encoding="br, gzip")
        self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"))
        self.assertEqual(gzip.decompress(body), self.door.get(path)[2])
        self.assertIn("text/javascript", headers["Content-Type"])
        self.assertEqual(headers["Vary"], "accept-encoding")
        for refused in ["identity", "br", "gzip;q=0"]:
            self.assertIsNone(self.door.get(path, Accept_Encoding=refused)[1]["Content-Encoding"])
        headers = self.door.get("/assets/plain.css", Accept_Encoding="gzip")[1]
        self.assertIsNone(headers["Content-Encoding"])

    def test_hashed_assets_are_kept_for_ever_and_others_asked_for_again(self):
        headers = self.door.get("/assets/app-Ab3_-xYz.js")[1]
        self.assertEqual(headers["Cache-Control"], "public, max-age=31536000, immutable")
        for path in ["/", "/assets/plain.css"]:
            self.assertEqual(self.door.get(path)[1]["Cache-Control"], "no-cache")

    def test_an_unchanged_file_is_not_sent_again(self):
        _, headers, _ = self.door.get("/assets/plain.css")
        etag = headers["ETag"]
        for seen in [etag, f'"x", {etag}', f"W/{etag}", "*"]:
            status, headers, body = self.door.get("/assets/plain.css", If_None_Match=seen)
            self.assertEqual((status, body, headers["ETag"]), (304, b"", etag), seen)
        self.assertEqual(self.door.get("/assets/plain.css", If_None_Match='"other"')[0], 200)
        self.write("www/assets/plain.css", b"body{color:red}")
        status, headers, body = self.door.get("/assets/plain.css", If_None_Match=etag)
        self.assertEqual((status, body), (200, b"body{color:red}"))
        self.assertNotEqual(headers["ETag"], etag)
        path = "/assets/app-Ab3_-xYz.js"
        self.assertNotEqual(self.door.get(path)[1]["ETag"],
                            self.door.get(path, Accept_Encoding="gzip")[1]["ETag"])

    def test_head_is_get_without_the_body(self):
        for path in ["/", "/big.bin", "/missing.js", "/healthz", "/empty.txt"]:
            status, headers, body = self.door.request("HEAD", path)
            expected = self.door.get(path)
            self.assertEqual((status, body), (expected[0], b""), path)
            self.assertEqual(headers["Content-Length"], expected[1]["Content-Length"])

    def test_other_methods_are_refused(self):
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"]:
            status, headers, _ = self.door.request(method, "/", b"x")
            self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"), method)
        self.assertEqual(self.door.request("PUT", "/login", b"")[1]["Allow"], "GET, HEAD, POST")

    def test_a_plain_get_of_the_api_says_what_it_is(self):
        self.assertEqual(self.door.get("/api")[0], 426)

    def test_requests_sent_together_get_one_answer_and_hang_nothing(self):
        get = b"GET /assets/plain.css HTTP/1.1\r\nHost: h\r\n\r\n"
        put = b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
        post = (b"POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                b'Content-Length: 12\r\n\r\n{"code":"x"}')
        for together in [get + get, get + put, put + get, put + put + put, get + post, post + get,
                         post + post, get + b"noise", put[:-2] + get, post + b"y" * 9000]:
            answer = self.door.raw(together)
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, together)
            self.assertIn(b"connection: close", answer.lower())
            self.assertEqual(self.door.get("/healthz")[0], 200, together)

    def test_a_request_may_come_in_any_pieces(self):
        post = (b"POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                b'Content-Length: 12\r\n\r\n{"code":"x"}')
        for cut in range(1, len(post)):
            with socket.create_connection(("127.0.0.1", self.door.port), PATIENCE_S) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(post[:cut])
                self.door.get("/healthz")  # by now the first piece has been read
                connection.sendall(post[cut:])
                self.assertIn(connection.recv(100).split(b" ")[1], (b"401", b"429"), cut)

    def test_every_answer_is_guarded(self):
        port = self.door.port
        for path in ["/", "/missing.js", "/healthz", "/documents/x", "/login"]:
            headers = self.door.get(path)[1]
            policy = headers["Content-Security-Policy"]
            for part in ["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'",
                         f"connect-src 'self' ws://127.0.0.1:{port} wss://127.0.0.1:{port}"]:
                self.assertIn(part, policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["Permissions-Policy"],  # the camera scans QR codes to log in
                             "microphone=(self), camera=(self), geolocation=()")
        answer = self.door.raw(b"GET / HTTP/1.1\r\nHost: a;script-src *\r\nConnection: close\r\n\r\n")
        self.assertNotIn(b"script-src", answer)


class Traversal(Site):
    ATTEMPTS = ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt",
                "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt",
                "/..%5csecret.txt", "/..\\secret.txt", "//secret.txt", "/./../secret.txt",
                "/....//secret.txt", "/%252e%252e/secret.txt", "/%c0%ae%c0%ae/secret.txt",
                "/link.txt", "/up/secret.txt", "/.env", "/.well-known/x", "/index.html%00.js",
                "/secret.txt%00", "/recordings/../secret.txt", "/recordings/%2e%2e/secret.txt",
                "/recordings//etc/passwd", "//etc/passwd", "/%2fetc%2fpasswd", "/pipe", "/%ff%fe",
                "/a%0d%0aX-Injected:%20y", "/%", "/%4", "/%zz", "/up", "/assets/"]

    def test_nothing_outside_can_be_reached(self):
        cookie = f"Cookie: kyhop={self.door.login('chair')}\r\n"
        for path in self.ATTEMPTS + ["/" + "../" * 200 + "etc/passwd", "/" + "a/" * 500]:
            request = f"GET {path} HTTP/1.1\r\nHost: h\r\n{cookie}Connection: close\r\n\r\n"
            answer = self.door.raw(request.encode("latin-1"))
            for secret in [b"not for the web", b"hidden", b"root:"]:
                self.assertNotIn(secret, answer, path)
            self.assertNotIn(b"X-Injected", answer.split(b"\r\n\r\n")[0])
        self.assertEqual(self.door.get("/healthz")[0], 200)

    def test_long_and_odd_requests_are_survived(self):
        for request in [b"GET /" + b"a" * 900 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
                        b"GET /" + b"a" * 1100 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
                        b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
                        b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"y" * 20000 + b"\r\n\r\n",
                        b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 3000 + b"\r\n",
                        b"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                        b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", b"\r\n\r\n\r\n", b"GET\r\n\r\n",
                        b"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n",
                        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                        b"GET / HTTP/1.1\r\nHost: h\r\nCookie: kyhop=" + b"z" * 3000 + b"\r\n\r\n",
                        b"GET /?" + b"q=1&" * 200 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
                        b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n"
                        b"Connection: Upgrade, HTTP2-Settings\r\n\r\n"]:
            self.door.raw(request, until_close=False)
            self.assertEqual(self.door.get("/healthz")[0], 200, request[:60])


class Files(Site):
    def test_recordings_are_for_those_who_may_hear_them(self):
        self.assertEqual(self.door.get("/recordings/demo/1.ogg")[0], 401)
        cookie = {"Cookie": f"kyhop={self.door.login('an')}"}
        status, headers, body = self.door.get("/recordings/demo/1.ogg", **cookie)
        self.assertEqual((status, headers["Content-Type"]), (200, "audio/ogg"))
        self.assertEqual(body, bytes(range(256)) * 100)
        self.assertEqual(self.door.get("/recordings/demo/2.ogg", **cookie)[0], 404)
        self.assertEqual(self.door.get("/recordings/demo", **cookie)[0], 404)

    def test_a_player_may_jump(self):
        cookie = f"kyhop={self.door.login('an')}"
        whole = bytes(range(256)) * 100
        for asked, first, end in [("0-0", 0, 1), ("100-299", 100, 300), ("25000-", 25000, 25600),
                                  ("-10", 25590, 25600), ("25599-99999", 25599, 25600),
                                  ("-999999", 0, 25600)]:
            status, headers, body = self.door.get("/recordings/demo/1.ogg", Cookie=cookie,
                                                  Range=f"bytes={asked}")
            self.assertEqual((status, body), (206, whole[first:end]), asked)
            self.assertEqual(headers["Content-Range"], f"bytes {first}-{end - 1}/25600")
        for asked in ["25600-", "99999-100000", "-0"]:
            status, headers, body = self.door.get("/recordings/demo/1.ogg", Cookie=cookie,
                                                  Range=f"bytes={asked}")
            self.assertEqual((status, headers["Content-Range"], body), (416, "bytes */25600", b""))
        for ignored in ["bytes=5-2", "bytes=0-1,5-9", "lines=1-2", "bytes=x-y", "bytes="]:
            status, _, body = self.door.get("/recordings/demo/1.ogg", Cookie=cookie, Range=ignored)
            self.assertEqual((status, len(body)), (200, 25600), ignored)

    def test_documents_are_given_by_role(self):
        an = {"Cookie": f"kyhop={self.door.login('an')}"}
        chair = {"Authorization": f"Bearer {self.door.login('chair')}"}
        status, headers, body = self.door.get("/documents/a.pdf", **an)
        self.assertEqual((status, body), (200, b"/documents/a.pdf for an\n"))
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(self.door.get("/minutes/1.html", **an)[2], b"/minutes/1.html for an\n")
        status, _, body = self.door.get("/documents/chair-notes", **an)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (403, "not_permitted"))
        self.assertEqual(self.door.get("/documents/chair-notes", **chair)[0], 200)
        self.assertEqual(self.door.get("/documents/a.pdf")[0], 401)
        self.assertEqual(self.door.get("/documents/missing", **an)[0], 404)
        self.assertEqual(self.door.get("/documents/a.pdf", Cookie="kyhop=" + "A" * 43)[0], 401)

    def test_papers_of_others_cannot_run_within_our_pages(self):
        an = {"Cookie": f"kyhop={self.door.login('an')}"}
        for name, mime, how in [("to-trinh.pdf", "application/pdf", "inline"),
                                ("deep/T%E1%BB%9D%20tr%C3%ACnh%20s%E1%BB%91%201.MD",
                                 "text/plain; charset=utf-8", "inline"),
                                ("page.html", "application/octet-stream", "attachment"),
                                ("drawing.svg", "application/octet-stream", "attachment"),
                                ("code.js", "application/octet-stream", "attachment"),
                                ("big.bin", "application/octet-stream", "attachment")]:
            status, headers, body = self.door.get("/documents/file/" + name, **an)
            self.assertEqual((status, headers["Content-Type"]), (200, mime), name)
            self.assertEqual(headers["Content-Disposition"],
                             f"{how}; filename*=UTF-8''{name.rsplit('/', 1)[-1]}")
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(int(headers["Content-Length"]), len(body))

    def test_papers_come_by_range_and_only_when_they_changed(self):
        an = {"Cookie": f"kyhop={self.door.login('an')}"}
        whole = bytes(range(256)) * 20_000
        status, headers, body = self.door.get("/documents/file/big.bin", **an)
        self.assertEqual((status, body), (200, whole))
        status, part, body = self.door.get("/documents/file/big.bin", Range="bytes=100-4000000",
                                           **an)
        self.assertEqual((status, body), (206, whole[100:4000001]))
        self.assertEqual(part["Content-Range"], f"bytes 100-4000000/{len(whole)}")
        self.assertEqual(self.door.get("/documents/file/big.bin", Range="bytes=9999999-",
                                       **an)[0], 416)
        status, _, body = self.door.get("/documents/file/big.bin", If_None_Match=headers["ETag"],
                                        **an)
        self.assertEqual((status, body), (304, b""))

    def test_papers_are_nothing_but_files_of_their_folder(self):
        an = {"Cookie": f"kyhop={self.door.login('an')}"}
        for name in ["link.txt", "up/secret.txt", ".hidden.pdf", "deep", "", "deep/", "nothing.pdf",
                     "deep/../../file/../file//secret.txt"]:
            self.assertEqual(self.door.get("/documents/file/" + name, **an)[0], 404, name)
        for name in ["%2e%2e/secret.txt", "deep/%2e%2e/%2e%2e/secret.txt", "..%2fsecret.txt"]:
            body = self.door.get("/documents/file/" + name, **an)[2]
            self.assertNotIn(b"not for the web", body)
            self.assertNotIn(b"hidden", body)

    def test_a_document_may_be_written_while_the_door_goes_on(self):
        an = {"Cookie": f"kyhop={self.door.login('an')}"}
        status, headers, body = self.door.get("/documents/late", **an)
        self.assertEqual((status, body), (200, b"late\n"))
        self.assertEqual((headers["Content-Length"], headers["Content-Type"]),
                         ("5", "text/plain; charset=utf-8"))
        status, headers, body = self.door.request("HEAD", "/documents/late", headers=an)
        self.assertEqual((status, headers["Content-Length"], body), (200, "5", b""))

    def test_who_goes_before_the_document_is_there_harms_nobody(self):
        head = f"Host: h\r\nCookie: kyhop={self.door.login('an')}\r\n\r\n"
        for path in ["/documents/later", "/documents/never"]:
            with socket.create_connection(("127.0.0.1", self.door.port), PATIENCE_S) as gone:
                gone.sendall(f"GET {path} HTTP/1.1\r\n{head}".encode())
                self.assertEqual(self.door.get("/healthz")[0], 200)
        cookie = head.split("\r\n")[1].split(": ")[1]
        # The answer to nobody comes after 300 ms; this one is begun later and so ends after it.
        self.assertEqual(self.door.get("/documents/later", Cookie=cookie)[2], b"late\n")

    def test_the_description_of_the_api_is_served(self):
        status, headers, body = self.door.get("/asyncapi.yaml")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/yaml"))
        with open(ASYNCAPI, "rb") as file:
            self.assertEqual(body, file.read())


class Figures(DoorTest):
    def test_metrics_are_for_this_machine_and_the_operator(self):
        status, headers, body = self.door.get("/metrics")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4"))
        self.assertIn(b"\ndoor_counter 0\n", body)
        for line in body.decode().splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) \w+ .*|\w+(\{kind="\w+"\})? \d+)$')
        far = {"X_Forwarded_For": "192.0.2.1"}
        self.assertEqual(self.door.get("/metrics", **far)[0], 401)
        self.assertEqual(self.door.get("/metrics", **far,
                                       Cookie=f"kyhop={self.door.login('an')}")[0], 403)
        self.assertEqual(self.door.get("/metrics", **far,
                                       Cookie=f"kyhop={self.door.login('operator')}")[0], 200)

    async def test_metrics_count_what_happened(self):
        an = await self.door.enter("an")
        await an.ask("count", n=3)
        await an.error("no.such")
        await an.error("refuse")
        await an.send_text("{")
        text = self.door.get("/metrics")[2].decode()
        for line in ["kyhop_api_readers 1", "kyhop_api_events_total 3",
                     "kyhop_api_requests_total 5", "kyhop_api_logins_total 1",
                     'kyhop_api_errors_total{kind="malformed"} 2',
                     'kyhop_api_errors_total{kind="refused"} 1']:
            self.assertIn("\n" + line + "\n", "\n" + text)
        await an.close()

    async def test_health_is_what_the_engine_says(self):
        self.assertEqual(self.door.get("/healthz")[0::2], (200, b"ok\n"))
        an = await self.door.enter("an")
        await an.ask("sicken", sick=True)
        self.assertEqual(self.door.get("/healthz")[0::2], (503, b"journal cannot be written\n"))
        await an.close()

    def test_without_pages_the_front_page_says_so(self):
        status, headers, body = self.door.get("/")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("web_root", body.decode())
        self.assertEqual(self.door.get("/index.html")[0], 404)
        self.assertEqual(self.door.get("/recordings/x", Cookie=f"kyhop={self.door.login('an')}")[0],
                         404)


class Login(DoorTest):
    settings = {"logins_per_min": 1000}

    def attempt(self, body, **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        headers.setdefault("Content-Type", "application/json")
        status, answer, text = self.door.request("POST", "/login", body, headers)
        return status, answer, text

    def test_a_code_becomes_a_token_and_a_cookie(self):
        status, headers, body = self.door.post_json("/login", {"code": self.door.codes["an"]})
        answer = json.loads(body)
        self.assertEqual(status, 200)
        self.assertEqual(answer["you"]["id"], "an")
        self.assertRegex(answer["token"], r"^[A-Za-z0-9_-]{43}$")
        cookie = headers["Set-Cookie"]
        self.assertTrue(cookie.startswith(f"kyhop={answer['token']}; "))
        for part in ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=86400"]:
            self.assertIn(part, cookie.split("; "))
        self.assertNotIn("Secure", cookie)
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_behind_a_tls_proxy_the_cookie_is_secure(self):
        headers = self.door.post_json("/login", {"code": self.door.codes["an"]},
                                      X_Forwarded_Proto="https")[1]
        self.assertIn("Secure", headers["Set-Cookie"].split("; "))

    def test_a_one_time_code_is_refused_the_second_time_and_a_reusable_one_is_not(self):
        self.door.login("an")
        status, headers, body = self.door.post_json("/login", {"code": self.door.codes["an"]})
        self.assertEqual((status, json.loads(body)["error"]["code"]), (401, "bad_code"))
        self.assertIsNone(headers["Set-Cookie"])
        self.assertNotEqual(self.door.login("screen"), self.door.login("screen"))

    def test_bad_bodies_are_refused(self):
        good = json.dumps({"code": self.door.codes["an"]}).encode()
        for body in [b"", b"{", b"[]", b"null", b"{}", b'{"code":5}', b'{"code":null}',
                     b"code=" + self.door.codes["an"].encode(), b"\xff" * 100]:
            status, _, answer = self.attempt(body)
            self.assertEqual((status, json.loads(answer)["error"]["code"]), (400, "bad_request"), body)
        for mime in ["text/plain", "application/x-www-form-urlencoded", ""]:
            self.assertEqual(self.attempt(good, Content_Type=mime)[0], 400)
        for origin in ["http://evil.example", "null"]:
            self.assertEqual(self.attempt(good, Origin=origin)[0], 400)
        self.assertEqual(self.attempt(b" " * 1025)[0], 413)
        self.assertEqual(self.attempt(good, Origin=f"http://127.0.0.1:{self.door.port}")[0], 200)

    def test_a_body_without_a_sane_length_is_refused(self):
        for header in [b"", b"Content-Length: x\r\n", b"Content-Length: -5\r\n",
                       b"Transfer-Encoding: chunked\r\n",
                       b"Content-Length: 99999999999999999999\r\n"]:
            answer = self.door.raw(b"POST /login HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                                   b"Content-Type: application/json\r\n" + header + b"\r\n",
                                   until_close=False)
            self.assertIn(answer.split(b" ")[1] if answer else b"400",
                          (b"400", b"411", b"413"), header)
        self.assertEqual(self.door.get("/healthz")[0], 200)


if __name__ == "__main__":
    main()
