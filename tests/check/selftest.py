#!/usr/bin/python3
"""Runs each check on a small tree with known breaches: a check that finds nothing is no check."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))

GOOD_C = '#include "base/check.h"\n\nint kh_good(int a)\n{\n    return a;\n}\n'


def body(n_lines):
    return "int kh_f(void)\n{\n" + "    g();\n" * n_lines + "}\n"


class Checks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.write("core/base/check.h", "int kh_x;\n")
        self.write("core/base/good.c", GOOD_C)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def run_check(self, check):
        env = dict(os.environ, KYHOP_CHECK_ROOT=self.folder.name, GIT_CEILING_DIRECTORIES="/")
        done = subprocess.run([os.path.join(HERE, check)] if check == "pure" else
                              [sys.executable, os.path.join(HERE, check)],
                              env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def finds(self, check, *words):
        code, output = self.run_check(check)
        self.assertEqual(code, 1, output)
        for word in words:
            self.assertIn(word, output)

    def passes(self, check):
        code, output = self.run_check(check)
        self.assertEqual((code, output), (0, ""))

    def test_a_good_tree_passes(self):
        for check in ("sizes.py", "includes.py", "whitespace.py"):
            self.passes(check)

    def test_long_files_and_headers_are_found(self):
        self.write("core/base/long.c", "int x;\n" * 601)
        self.write("core/base/long.h", "int x;\n" * 201)
        self.write("plugins/a/long.lua", "x = 1\n" * 601)
        self.finds("sizes.py", "core/base/long.c: 601 lines", "core/base/long.h: 201 lines",
                   "plugins/a/long.lua: 601 lines")

    def test_files_at_the_limit_pass(self):
        self.write("core/base/long.c", "int x;\n" * 600)
        self.write("core/base/f.c", body(60))
        self.passes("sizes.py")

    def test_long_functions_are_found_in_every_language(self):
        self.write("core/base/f.c", body(61))
        self.write("plugins/a/f.lua", "local function f()\n" + "  g()\n" * 61 + "end\n")
        self.write("web/src/f.ts", "export function f(): void {\n" + "  g();\n" * 61 + "}\n")
        self.write("web/src/h.tsx", "const H = (): X => {\n" + "  g();\n" * 121 + "};\n")
        self.finds("sizes.py", "kh_f() has 61 lines", "plugins/a/f.lua:1:", "web/src/f.ts:1:",
                   "web/src/h.tsx:1:")

    def test_many_parameters_are_found(self):
        self.write("core/base/f.c", "int f(int a, int b, int c, int d,\n      int e, int (*g)(int, int), int h)\n"
                                    "{\n    return a;\n}\n")
        self.finds("sizes.py", "f() has 7 parameters")

    def test_deep_nesting_is_found(self):
        lines = ["int f(int a)", "{"]
        lines += ["    " * depth + "if (a) {" for depth in range(1, 5)]
        lines += ["    " * depth + "}" for depth in range(4, 0, -1)] + ["}"]
        self.write("core/base/f.c", "\n".join(lines) + "\n")
        self.finds("sizes.py", "f() nests 4 blocks")

    def test_wrong_includes_are_found(self):
        self.write("core/session/a.c", '#include "journal/journal.h"\n#include <glib.h>\n')
        self.write("core/api/b.c", '#include "media/room.h"\n')
        self.write("media/c.c", '#include "api/api.h"\n#include <lua.h>\n')
        self.write("core/journal/d.c", '#include "session/event.h"\n#include <sqlite3.h>\n')
        self.write("core/engine.c", '#include "media/room.h"\n#include "api/api.h"\n')
        self.finds("includes.py", "core/session/a.c:1:", "core/session/a.c:2:", "core/api/b.c:1:",
                   "media/c.c:1:", "media/c.c:2:")
        self.assertNotIn("core/journal/d.c", self.run_check("includes.py")[1])
        self.assertNotIn("core/engine.c", self.run_check("includes.py")[1])

    def test_whitespace_is_found(self):
        self.write("core/base/t.c", "\tint x;\n")
        self.write("core/base/s.c", "int x; \n")
        self.write("core/base/n.c", "int x;")
        self.finds("whitespace.py", "t.c:1: tab", "s.c:1: space", "n.c: no newline")

    def test_an_impure_session_is_found(self):
        self.write("core/session/pure.c", "int kh_pure(void);\nint kh_pure(void)\n{\n    return 1;\n}\n")
        self.passes("pure")
        self.write("core/session/clock.c", "#include <time.h>\nlong kh_now(void);\nlong kh_now(void)\n"
                                           "{\n    return time(0);\n}\n")
        self.finds("pure", "it needs time", "clock.c")


if __name__ == "__main__":
    unittest.main()
