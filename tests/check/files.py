"""The project's own files: what git tracks or would track, or all that is there without git."""

import os
import subprocess

ROOT = os.environ.get("KYHOP_CHECK_ROOT") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOT_OURS = {".git", "node_modules", "dist", "data", "__pycache__"}


def _from_git():
    command = ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in done.stdout.decode().split("\0") if name]


def _from_folders():
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [b for b in below if b not in NOT_OURS and not b.startswith("build")]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return found


def all_files():
    names = _from_git() or _from_folders()
    return sorted(name for name in set(names) if os.path.isfile(os.path.join(ROOT, name)))


def with_suffix(*suffixes):
    return [name for name in all_files() if name.endswith(suffixes)]


def lines_of(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read().splitlines()
