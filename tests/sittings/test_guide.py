#!/usr/bin/python3
"""plugins/README.md as a new user would follow it: its settings, its new kind of speech, its commands.

    test_guide.py KYHOP ROOT
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

KYHOP, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])


def blocks(text):
    """The code blocks of the guide, without their indentation."""
    found = []
    for indent, body in re.findall(r"^( *)```\w*\n(.*?)^ *```$", text, re.S | re.M):
        found.append("".join(line[len(indent):] for line in body.splitlines(True)))
    return found


class Guide(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kyhop-guide-")
        self.plugins = os.path.join(self.dir, "plugins")
        shutil.copytree(os.path.join(ROOT, "plugins"), self.plugins)
        with open(os.path.join(ROOT, "plugins/README.md"), encoding="utf-8") as file:
            self.guide = file.read()
        self.blocks = blocks(self.guide)

    def tearDown(self):
        shutil.rmtree(self.dir)

    def block(self, text):
        """The one block that has this text."""
        found = [b for b in self.blocks if text in b]
        self.assertEqual(len(found), 1, text)
        return found[0]

    def run_kyhop(self, *args):
        done = subprocess.run([KYHOP, *args], cwd=self.dir, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_a_lot_is_drawn_again_with_the_lines_of_the_guide(self):
        done = subprocess.run(["bash", "-c", self.block("sha256sum")], capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(done.stdout.split(), ["e", "b", "a", "d", "c"])  # as the core: tests/unit/session/test_lot.c

    def test_every_command_of_the_guide_runs(self):
        self.write("ten-minutes.sitting", self.block("set     speech_first=10"))
        commands = [line for b in self.blocks for line in b.splitlines() if line.startswith("kyhop ")]
        self.assertGreaterEqual(len(commands), 2)
        for command in commands:
            code, output = self.run_kyhop(*command.split()[1:])
            self.assertEqual(code, 0, command + "\n" + output)

    def test_the_setting_of_the_guide_is_one_of_the_procedure(self):
        for name, value in re.findall(r"(\w+) = (\d+)", self.block("settings = { speech_first")):
            text = self.block("set     speech_first=10").replace("speech_first=10", f"{name}={value}")
            text = text.split("08:01")[0]
            code, output = self.run_kyhop("rehearse", "plugins/hai-phong", self.write("a.sitting", text))
            self.assertEqual(code, 0, output)

    def test_the_new_kind_of_speech_works(self):
        folder = os.path.join(self.plugins, "hai-phong")
        path = os.path.join(folder, "procedure.lua")
        with open(path, encoding="utf-8") as file:
            lua = file.read()
        lane, kind = re.findall(r"(\{ id = \"correction\".*?\},)\s+-- in (?:lanes|kinds)|(\{ id = \"correction\", lane.*\n.*\},)",
                                self.block("-- in lanes"))
        kind_text = self.block("-- in lanes").split("\n", 1)[1].replace("-- in kinds", "")
        self.assertTrue(lane and kind)
        lua = lua.replace("    lanes = {\n", "    lanes = {\n" + lane[0] + "\n", 1)
        lua = lua.replace("    kinds = {\n", "    kinds = {\n" + kind_text, 1)
        lua = lua.replace("local function on_request(ctx, req)\n",
                          "local function on_request(ctx, req)\n" + self.block("one_correction\", {"), 1)
        limit = re.search(r"`(if req\.kind == \"correction\" then return 2 end)`", self.guide).group(1)
        lua = lua.replace("local function limit(ctx, req)\n", "local function limit(ctx, req)\n  " + limit + "\n", 1)
        with open(path, "w", encoding="utf-8") as file:
            file.write(lua)
        code, output = self.run_kyhop("check", "plugins/hai-phong")
        self.assertEqual(code, 0, output)
        opening = self.block("set     speech_first=10").split("08:01")[0]
        sitting = self.write("correction.sitting", opening + self.block("floor.requested lane=correction"))
        code, output = self.run_kyhop("rehearse", "plugins/hai-phong", sitting)
        self.assertEqual(code, 0, output)

    def test_every_procedure_is_in_order_and_in_the_list(self):
        for name in sorted(os.listdir(self.plugins)):
            if not os.path.exists(os.path.join(self.plugins, name, "procedure.lua")):
                continue
            code, output = self.run_kyhop("check", "plugins/" + name)
            self.assertEqual(code, 0, output)
            self.assertIn(f"]({name}/README.md)", self.guide)
            self.assertTrue(os.path.exists(os.path.join(self.plugins, name, "README.md")), name)


class Tap(unittest.TestResult):
    """One TAP line a test, the traceback of a failure as a comment."""

    def tell(self, word, test, text=""):
        print(f"{word} {self.testsRun} - {test.id().split('.')[-1]}")
        for line in text.splitlines():
            print("#", line)

    def addSuccess(self, test):
        self.tell("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell("not ok", test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.tell("not ok", test, self.errors[-1][1])


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Guide)
    print(f"1..{suite.countTestCases()}")
    result = Tap()
    suite.run(result)
    sys.exit(not result.wasSuccessful())
