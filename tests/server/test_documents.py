#!/usr/bin/python3
"""The papers of the agenda and the minutes over HTTP, as the whole server gives them to whom."""
import asyncio
import json
import os
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from kyhop import PATIENCE_S, ROOT, Server, open_sitting
from lib import main


def get(server, path, token=None):
    """(status, headers, body)"""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class Papers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kyhop-papers-")
        self.addCleanup(self.folder.cleanup)
        self.write("papers/thao-luan/10. Phụ lục.pdf", b"%PDF-1.4 annex")
        self.write("papers/thao-luan/2. Tờ trình.md", "# Tờ trình".encode())
        self.write("papers/thao-luan/.draft", b"hidden")
        self.write("papers/thao-luan/deep/x.md", b"not listed")
        self.write("papers/thao-luan/closed/Nhân sự.md", b"secret")
        self.write("papers/no-item/x.md", b"of no item")
        self.write("papers/photos/db01.jpg", b"\xff\xd8 photo")
        self.write("secret.txt", b"outside")
        os.symlink(self.path("secret.txt"), self.path("papers/thao-luan/link.md"))
        os.symlink(self.folder.name, self.path("papers/mo-dau"))
        self.server = Server(council=f'documents = "{self.path("papers")}",').start()
        self.addCleanup(self.server.close)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as out:
            out.write(data)

    def list(self, item, token):
        status, headers, body = get(self.server, f"/documents/{item}/", token)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        return json.loads(body)

    def test_an_item_lists_its_papers_in_the_order_of_their_numbers_and_each_can_be_read(self):
        token = self.server.token("db02")
        papers = self.list("thao-luan", token)
        self.assertEqual([p["name"] for p in papers],
                         ["2. Tờ trình.md", "10. Phụ lục.pdf", "Nhân sự.md"])
        self.assertEqual([p["bytes"] for p in papers], [13, 14, 6])
        self.assertEqual([p.get("closed", False) for p in papers], [False, False, True])
        for paper, body in zip(papers, ["# Tờ trình".encode(), b"%PDF-1.4 annex", b"secret"]):
            self.assertEqual(get(self.server, paper["path"], token)[2], body)
        self.assertEqual(self.list("nghi-quyet", token), [])

    def test_nothing_but_papers_of_the_agenda_and_photos_is_given(self):
        token = self.server.token("db02")
        self.assertEqual(get(self.server, "/documents/photos/db01.jpg", token)[2],
                         b"\xff\xd8 photo")
        self.assertEqual(self.list("mo-dau", token), [])  # a link out of the folder
        for path in ["no-item/", "no-item/x.md", "photos/", "thao-luan/link.md",
                     "thao-luan/.draft", "thao-luan/deep/x.md", "mo-dau/secret.txt", "",
                     "thao-luan", "thao-luan/closed/", "photos/db99.jpg",
                     "thao-luan/closed/../../../secret.txt", "%2e%2e/secret.txt",
                     "thao-luan%2f..%2f..%2fsecret.txt", "thao-luan/closed%2f%2e%2e%2f.draft"]:
            status, _, body = get(self.server, "/documents/" + path, token)
            self.assertIn(status, (400, 403, 404), path)
            for secret in (b"outside", b"hidden", b"of no item", b"not listed"):
                self.assertNotIn(secret, body, path)

    def test_strangers_get_none_and_the_public_none_that_are_closed(self):
        screen, guest = self.server.token("manhinh"), self.server.token("ubnd")
        closed = "/documents/thao-luan/closed/" + urllib.parse.quote("Nhân sự.md")
        for path in ["/documents/thao-luan/", closed, "/documents/photos/db01.jpg"]:
            self.assertEqual(get(self.server, path)[0], 401, path)
        for token in (screen, guest):
            self.assertEqual(len(self.list("thao-luan", token)), 2)
            self.assertEqual(get(self.server, closed, token)[0], 403)

    def test_while_a_sitting_is_closed_the_public_reads_no_papers(self):
        async def closed():
            screen, member = self.server.token("manhinh"), self.server.token("db03")
            chair, clerk = await open_sitting(self.server)
            paper = "/documents/thao-luan/" + urllib.parse.quote("2. Tờ trình.md")
            self.assertEqual(get(self.server, paper, screen)[0], 200)
            await chair.call("sitting.publish", closed=True)
            for path in [paper, "/documents/thao-luan/"]:
                self.assertEqual(get(self.server, path, screen)[0], 403)
                self.assertEqual(get(self.server, path, member)[0], 200)
            self.assertEqual(get(self.server, "/documents/photos/db01.jpg", screen)[0], 200)
            await chair.call("sitting.publish", closed=False)
            self.assertEqual(get(self.server, paper, screen)[0], 200)
            await chair.leave()
            await clerk.leave()
        asyncio.run(closed())

    def test_a_folder_that_is_not_there_is_told_by_check_and_stops_nothing(self):
        server = Server(council=f'documents = "{self.path("none")}",').start()
        self.addCleanup(server.close)
        status, text = server.run("check", server.config)
        self.assertEqual(status, 1)
        self.assertIn("documents: there is no folder", text)
        token = server.token("db02")
        self.assertEqual(get(server, "/documents/thao-luan/", token)[2], b"[]")
        self.assertEqual(get(server, "/documents/thao-luan/x.md", token)[0], 404)

    def test_the_demo_has_papers(self):
        self.server.values["council"] = f'documents = "{ROOT}/config/demo/documents",'
        self.server.stop()
        self.server.start()
        papers = self.list("nghi-quyet", self.server.token("db02"))
        self.assertGreaterEqual(len(papers), 1)
        for paper in papers:
            self.assertEqual(len(get(self.server, paper["path"],
                                     self.server.token("db02"))[2]), paper["bytes"])


class Minutes(unittest.TestCase):
    def test_minutes_are_written_beside_the_sitting(self):
        async def ask():
            server = Server().start()
            self.addCleanup(server.close)
            chair, clerk = await open_sitting(server)
            answers = []
            token = chair.token
            def fetch():
                answers.append(get(server, "/minutes/hai-phong/1.html", token))
            threads = [threading.Thread(target=fetch) for _ in range(6)]
            for thread in threads:
                thread.start()
            await chair.call("state.get")
            while any(thread.is_alive() for thread in threads):
                await asyncio.sleep(0.01)
            statuses = sorted(status for status, _, _ in answers)
            self.assertEqual(statuses[0], 200)
            self.assertLessEqual(set(statuses), {200, 429})
            for status, headers, body in answers:
                if status == 200:
                    self.assertEqual(headers["Content-Type"], "text/html; charset=utf-8")
                    self.assertIn("Kỳ họp thứ 6".encode(), body)
            self.assertEqual(get(server, "/minutes/hai-phong/7.html", token)[0], 404)
            self.assertEqual(get(server, "/minutes/hai-phong/x.html", token)[0], 404)
            self.assertEqual(get(server, "/minutes/hai-phong/1.html", server.token("db05"))[0], 403)
            await chair.leave()
            await clerk.leave()
        asyncio.run(ask())


if __name__ == "__main__":
    main()
