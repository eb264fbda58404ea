#!/usr/bin/env python3
"""Runs a suite under ThreadSanitizer and looks for races only: races.py FOLDER SUITE

Sound in real time is not to be had at a tenth of the speed, so what these tests assert of it is not
judged here (the plain run does); a report of ThreadSanitizer or a crash is. Prints a TAP line a test. The loss
test is left out: minutes of sound through the same threads."""
import glob
import json
import os
import subprocess
import sys


def main():
    folder, suite = sys.argv[1:]
    reports = os.path.abspath(os.path.join(folder, "races"))
    for old in glob.glob(reports + ".*"):
        os.unlink(old)
    env = dict(os.environ)
    env["TSAN_OPTIONS"] = env.get("TSAN_OPTIONS", "") + f":log_path={reports}"
    log = os.path.join(folder, "meson-logs", f"races-{suite}.json")
    if os.path.exists(log):
        os.unlink(log)
    listed = json.loads(subprocess.run(["meson", "introspect", folder, "--tests"],
                                       capture_output=True, check=True).stdout)
    names = [test["name"] for test in listed
             if f"kyhop:{suite}" in test["suite"] and "loss" not in test["name"]]
    subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "--num-processes", "1",
                    "--timeout-multiplier", "5", "--logbase", f"races-{suite}", *names],
                   env=env, stdout=subprocess.DEVNULL, check=False)
    with open(log, encoding="utf-8") as file:
        tests = [json.loads(line) for line in file]
    failed = 0
    for number, test in enumerate(tests, 1):
        crashed = test["returncode"] < 0 or test["result"] == "TIMEOUT"
        failed += crashed
        print(f"{'not ok' if crashed else 'ok'} {number} - {test['name']} runs to its end")
    found = sorted(glob.glob(reports + ".*"))
    print(f"{'not ok' if found else 'ok'} {len(tests) + 1} - no race is reported")
    for path in found[:3]:
        with open(path, encoding="utf-8", errors="replace") as file:
            print("".join("# " + line for line in file.readlines()[:60]))
    sys.exit(1 if failed or found or not tests else 0)


if __name__ == "__main__":
    main()
