#!/usr/bin/python3
"""Holds every #include against includes.tsv (our headers) and systems.tsv (libraries).

Prints one line a breach; exit code 1 when there is one.
"""

import os
import re
import sys

from files import lines_of, with_suffix

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def table(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip() and line[0] != "#"]
    return [(left.split(), right.split()) for left, right in rows]


OURS = table("includes.tsv")
SYSTEMS = table("systems.tsv")


def may_include_ours(name, header):
    for folders, allowed in OURS:
        if name.startswith(tuple(folders)):
            return allowed == ["*"] or header.startswith(tuple(allowed))
    return False


def stands_in(name, folder):
    if folder.endswith("/*"):
        return os.path.dirname(name) == folder[:-2]
    return name.startswith(folder)


def may_include_system(name, header):
    for headers, folders in SYSTEMS:
        if header.startswith(tuple(headers)):
            return any(stands_in(name, folder) for folder in folders)
    return True


def check(name):
    for number, line in enumerate(lines_of(name), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        ours, header = match.group(1) == '"', match.group(2)
        if not (may_include_ours if ours else may_include_system)(name, header):
            rule = "includes.tsv" if ours else "systems.tsv"
            yield f"{name}:{number}: may not include {header} (tests/check/{rule})"


def main():
    names = with_suffix(".c", ".h")
    breaches = [breach for name in names for breach in check(name)]
    for breach in breaches:
        print(breach)
    if not names:
        print("no source files found")
    return 1 if breaches or not names else 0


if __name__ == "__main__":
    sys.exit(main())
