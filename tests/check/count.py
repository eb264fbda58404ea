#!/usr/bin/python3
"""Counts the single cases of a meson test log: count.py PHASE LOG.json

A TAP test counts each of its lines; a Python unittest its "Ran N tests"; any other test is one
case. A test that meson calls failed is at least one failure, whatever its output says. Prints one
line a case for scripts/test: ok, skip or bad, the phase, the name; separated by tabs. What failing
tests said goes to standard error.
"""

import json
import re
import sys

TAP = re.compile(r"^(ok|not ok)\b\s*\d*\s*-?\s*(.*)$")
DIRECTIVE = re.compile(r"#\s*(SKIP|TODO)\b", re.IGNORECASE)
RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
ENDED = re.compile(r"^(OK|FAILED)\b(?: \((.*)\))?$", re.MULTILINE)
SHOWN_LINES = 60
GOOD_RESULTS = {"OK", "EXPECTEDFAIL", "SKIP"}


def tap_cases(output):
    for line in output.splitlines():
        match = TAP.match(line)
        if not match:
            continue
        directive = DIRECTIVE.search(match.group(2))
        if directive and directive.group(1).upper() == "SKIP":
            yield "skip", match.group(2)
        elif match.group(1) == "ok" or directive:
            yield "ok", match.group(2)
        else:
            yield "bad", match.group(2)


def unittest_cases(output):
    ran, ended = RAN.search(output), ENDED.search(output)
    if not ran or not ended:
        return
    parts = dict(re.findall(r"([\w ]+)=(\d+)", ended.group(2) or ""))
    count = {key.strip(): int(value) for key, value in parts.items()}
    bad = count.get("failures", 0) + count.get("errors", 0)
    skipped = count.get("skipped", 0)
    for kind, number in (("bad", bad), ("skip", skipped), ("ok", int(ran.group(1)) - bad - skipped)):
        for i in range(number):
            yield kind, f"case {i + 1}"


def cases_of(test):
    output = test.get("stdout") or ""
    cases = list(tap_cases(output)) or list(unittest_cases(output + "\n" + (test.get("stderr") or "")))
    kinds = {kind for kind, _ in cases}
    # cmocka 1.1 prints "not ok … # SKIP", which meson calls a failure
    only_skipped = "skip" in kinds and "bad" not in kinds and test.get("returncode") == 0
    good = test["result"] in GOOD_RESULTS or only_skipped
    if not cases:
        kind = "skip" if test["result"] == "SKIP" else "ok" if good else "bad"
        cases = [(kind, test["result"])]
    elif not good and "bad" not in kinds:
        cases.append(("bad", f"meson says {test['result']}, exit code {test.get('returncode')}"))
    return cases


def show(test):
    """meson keeps what a TAP test says to itself; a failure is worth its last lines."""
    output = (test.get("stdout") or "") + (test.get("stderr") or "")
    print(f"\n{test['name']} said:", file=sys.stderr)
    for line in output.splitlines()[-SHOWN_LINES:]:
        if not line.startswith("ok "):
            print(f"    {line[:400]}", file=sys.stderr)


def main():
    phase, log = sys.argv[1:]
    with open(log, encoding="utf-8") as file:
        for line in file:
            test = json.loads(line)
            cases = cases_of(test)
            if any(kind == "bad" for kind, _ in cases):
                show(test)
            for kind, name in cases:
                print(f"{kind}\t{phase}\t{test['name']}: {name}")


if __name__ == "__main__":
    main()
