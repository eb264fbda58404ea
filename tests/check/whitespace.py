#!/usr/bin/python3
"""No tabs, no spaces at the end of a line, a newline at the end of every text file.

Prints one line a breach; exit code 1 when there is one.
"""

import os
import sys

from files import ROOT, all_files

TEXT = (".c", ".h", ".py", ".lua", ".ts", ".tsx", ".css", ".html", ".md", ".yaml", ".yml", ".json",
        ".build", ".sitting", ".service", ".tsv", ".supp", ".txt", ".csv")
TABS_ALLOWED = (".tsv",)
GENERATED = ("package-lock.json",)


def is_text(name):
    script = "." not in os.path.basename(name) and name.startswith(("scripts/", "tests/check/"))
    return (name.endswith(TEXT) or script or name == ".ci/run") and not name.endswith(GENERATED)


def check(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        content = file.read()
    for number, line in enumerate(content.split(b"\n"), 1):
        if b"\t" in line and not name.endswith(TABS_ALLOWED):
            yield f"{name}:{number}: tab"
        if line.endswith((b" ", b"\r")) or (line.endswith(b"\t") and not name.endswith(TABS_ALLOWED)):
            yield f"{name}:{number}: space at the end of the line"
    if content and not content.endswith(b"\n"):
        yield f"{name}: no newline at the end"


def main():
    breaches = [breach for name in all_files() if is_text(name) for breach in check(name)]
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
