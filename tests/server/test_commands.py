#!/usr/bin/python3
"""The commands besides `serve`, as a person runs them."""
import asyncio
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))
from kyhop import ROOT, Server, open_sitting
from lib import main


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kyhop-commands-")
        self.plugins = os.path.join(self.folder.name, "plugins")
        shutil.copytree(os.path.join(ROOT, "plugins"), self.plugins)
        self.server = Server(plugins=self.plugins)

    def tearDown(self):
        self.server.close()
        self.folder.cleanup()

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_yesterdays_sitting_becomes_a_test_of_the_rule(self):
        asyncio.run(self.hold_a_sitting())
        status, text = self.server.run("rehearse", "--record", self.server.data, "hai-phong")
        self.assertEqual(status, 0, text)
        sitting = self.write("yesterday.sitting", text)
        plugin = os.path.join(self.plugins, "hai-phong")
        status, told = self.server.run("rehearse", plugin, sitting)
        self.assertEqual(status, 0, told)
        self.assertIn("as written", told)
        # Tomorrow's rule gives a debate five minutes: the recorded sitting shows where that differs.
        rules = os.path.join(plugin, "procedure.lua")
        with open(rules, encoding="utf-8") as file:
            lines = file.read()
        self.assertIn('minutes("debate", 3,', lines)
        self.write("plugins/hai-phong/procedure.lua",
                   lines.replace('minutes("debate", 3,', 'minutes("debate", 5,'))
        status, told = self.server.run("rehearse", plugin, sitting)
        self.assertEqual(status, 1, told)
        self.assertIn("floor.granted", told)
        self.assertIn("300", told)

    def test_a_sitting_under_the_councils_own_settings_goes_as_written(self):
        self.server.values["settings"] = 'debate = 5, secret_form = "electronic"'
        asyncio.run(self.hold_a_sitting())
        plugin = os.path.join(self.plugins, "hai-phong")
        status, text = self.server.run("rehearse", "--record", self.server.data, "hai-phong", plugin)
        self.assertEqual(status, 0, text)
        self.assertEqual([line.split()[1] for line in text.splitlines() if line.startswith("set")],
                         ["debate=5", 'secret_form="electronic"'])
        self.assertIn("floor.granted person=db02 limit=300", text)
        sitting = self.write("own.sitting", text)
        status, told = self.server.run("rehearse", plugin, sitting)
        self.assertEqual(status, 0, told)
        # Another procedure does not have these settings; without one, nobody knows the defaults.
        other = os.path.join(self.plugins, "conseil-municipal")
        for arguments in ((other,), ()):
            status, text = self.server.run("rehearse", "--record", self.server.data, "hai-phong",
                                           *arguments)
            self.assertEqual(status, 0, text)
            self.assertIn("# set debate=5\n", text)
            self.assertNotIn("\nset", "\n" + text)
        status, text = self.server.run("rehearse", "--record", self.server.data, "hai-phong",
                                       os.path.join(self.plugins, "no-such"))
        self.assertEqual(status, 1, text)

    async def hold_a_sitting(self):
        self.server.start()
        chair, _ = await open_sitting(self.server)
        person = await self.server.join("db02")
        await person.call("floor.request", kind="debate")
        await chair.call("floor.next")
        await person.call("floor.release")
        vote = (await chair.call("vote.open", type="resolution", question="?"))["vote"]
        await person.call("vote.cast", vote=vote, choice="for")
        await chair.call("vote.close", vote=vote)
        await chair.call("sitting.close")
        self.server.stop()

    def test_a_new_procedure_works_at_once(self):
        status, text = self.server.run("new-procedure", "xa-moi", self.plugins)
        self.assertEqual(status, 0, text)
        mine = os.path.join(self.plugins, "xa-moi")
        self.assertEqual(self.server.run("check", mine)[0], 0)
        sittings = [os.path.join(mine, "sittings", n) for n in os.listdir(mine + "/sittings")]
        self.assertEqual(self.server.run("rehearse", mine, *sittings)[0], 0)
        status, text = self.server.run("new-procedure", "xa-moi", self.plugins)
        self.assertEqual(status, 1, text)

    def test_check_names_file_line_and_mend(self):
        path = self.write("kyhop.lua", "return {\n  listen = { prot = 1 },\n}\n")
        status, text = self.server.run("check", path)
        self.assertEqual(status, 1)
        self.assertIn(f"{path}:2: listen.prot:", text)
        rules = os.path.join(self.plugins, "hai-phong", "procedure.lua")
        with open(rules, encoding="utf-8") as file:
            lines = file.read()
        self.write("plugins/hai-phong/procedure.lua", lines.replace("on_request", "on_requset", 1))
        status, text = self.server.run("check", os.path.dirname(rules))
        self.assertEqual(status, 1)
        self.assertRegex(text, r"procedure\.lua:\d+: .*on_requ")

    def test_the_example_configuration_is_in_order(self):
        status, text = self.server.run("check", os.path.join(ROOT, "config", "kyhop.lua"))
        self.assertEqual(status, 0, text)

    def test_what_cannot_be_done_is_said(self):
        nowhere = os.path.join(self.folder.name, "nowhere")
        for arguments in (("verify", nowhere), ("serve", nowhere), ("check", nowhere),
                          ("rehearse", nowhere, nowhere), ("invite", nowhere, "db01"),
                          ("rehearse", "--record", nowhere, "x"), ("nonsense",), ()):
            status, text = self.server.run(*arguments)
            self.assertIn(status, (1, 2), arguments)
            self.assertTrue(text.strip(), arguments)


if __name__ == "__main__":
    main()
