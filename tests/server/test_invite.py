#!/usr/bin/python3
"""`kyhop invite`: codes that log in, as lines and as cards to print."""
import os
import re
import stat
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from kyhop import ROOT, Server
from lib import main

HOSTILE = '''id,name,title,group,seat,birth,roles
a1,"<script>alert(1)</script> & ""Ông""",Chủ tịch,Tổ 1,A1,1960-01-01,chair delegate
d2,Đại biểu Hai,,,,1970-01-01,delegate
mh,Màn hình,,,,,display
'''


class Invite(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        roster = os.path.join(self.server.folder, "people.csv")
        with open(roster, "w", encoding="utf-8") as file:
            file.write(HOSTILE)
        self.server.values["roster"] = roster
        self.server.start()
        self.sheet = os.path.join(self.server.folder, "cards.html")

    def tearDown(self):
        self.server.close()

    def invite(self, *arguments):
        return self.server.run("invite", self.server.config, *arguments)

    def cards(self):
        with open(self.sheet, encoding="utf-8") as file:
            text = file.read()
        body = re.search(r"<main>.*</main>", text, re.S).group(0)
        return text, ElementTree.fromstring(body).findall("article")

    def test_one_card_a_person_with_the_code_that_was_printed_too(self):
        status, lines = self.invite("--all", "--html", self.sheet, "--url", "https://hop.example.vn/")
        self.assertEqual(status, 0, lines)
        text, cards = self.cards()
        self.assertEqual(len(cards), 3)
        for line, card in zip(lines.splitlines(), cards):
            _, name, url = line.split("\t")
            self.assertTrue(url.startswith("https://hop.example.vn/#login="), url)
            self.assertEqual(card.find("div/h2").text, name)
            code = card.find("div/p[@class='code']").text
            self.assertEqual(code.replace("-", ""), url.split("=")[1])
            self.assertRegex(code, r"^(\w{4}-)+\w{1,4}$")
            self.assertIsNotNone(card.find("svg/path"))
        self.assertNotIn("<script", text)
        self.assertIn("&lt;script&gt;", text)

    def test_the_codes_of_the_cards_log_in(self):
        self.invite("d2", "--html", self.sheet)
        code = self.cards()[1][0].find("div/p[@class='code']").text
        self.assertTrue(self.server.exchange(code))

    def test_only_its_owner_may_read_the_file(self):
        with open(self.sheet, "w", encoding="utf-8") as file:
            file.write("old")
        os.chmod(self.sheet, 0o644)
        os.umask(0)
        self.assertEqual(self.invite("d2", "--html", self.sheet)[0], 0)
        self.assertEqual(stat.S_IMODE(os.stat(self.sheet).st_mode), 0o600)
        self.assertEqual([n for n in os.listdir(self.server.folder) if n.startswith("cards")], ["cards.html"])

    def test_what_is_wrong_is_said(self):
        for arguments, words in [
                (("d2", "--html", "/nowhere/cards.html"), "/nowhere/cards.html"),
                (("d2", "--url", "hop.example.vn"), "https://hop.example.vn is wanted"),
                (("d2", "--url", "https://hop.example.vn/?x=1"), "is wanted"),
                (("nobody",), 'no council has a person "nobody"')]:
            status, text = self.invite(*arguments)
            self.assertEqual(status, 1, text)
            self.assertIn(words, text)
        for arguments in [(), ("d2", "--html"), ("d2", "d3"), ("d2", "--url")]:
            self.assertEqual(self.invite(*arguments)[0], 2)

    def test_a_sheet_that_could_not_be_made_whole_leaves_the_old_one(self):
        self.invite("d2", "--html", self.sheet)
        before = self.cards()[0]
        self.assertEqual(self.invite("nobody", "--html", self.sheet)[0], 1)
        self.assertEqual(self.cards()[0], before)


if __name__ == "__main__":
    main()
