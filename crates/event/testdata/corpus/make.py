#!/usr/bin/env python3
"""Makes the corpus again: events of the real SDK, one JSON object a line, packed with gzip.

    python3 -m venv VENV
    VENV/bin/pip install sentry-sdk django djangorestframework fastapi celery httpx jinja2 psycopg2-binary
    VENV/bin/python make.py

Every case of `shop/cases.py` runs twice: in release 1.0, and in 1.1, whose every module has its lines moved down, as
a deploy does. `expected.txt` is written by hand: new cases must be added there.
"""

import gzip
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FAMILIES = ["django", "fastapi", "celery", "plain"]
MOVED = "# A deploy moved what follows.\n" * 7


def move_lines(module):
    """Moves a module's lines down, and puts a blank at the end of some."""
    head, rest = module.read_text().split("\n\n", 1)
    module.write_text(f"{head}\n\n{MOVED}\n{rest}")


def told_apart_from(machine):
    """What of this machine's names is to be replaced, longest first."""
    packages = sysconfig.get_path("purelib")
    standard = sysconfig.get_path("stdlib")
    names = {str(machine): "/srv", packages: "/usr/local/lib/python3.11/site-packages", standard: "/usr/local/lib/python3.11"}
    names |= {sys.prefix: "/usr/local", sys.base_prefix: "/usr/local"}
    names |= {f"{mark}{socket.gethostname()}": f"{mark}3f2a9c81d04e" for mark in '"@'}
    return sorted(names.items(), key=lambda name: -len(name[0]))


def run(family, release, work):
    """The events of a family, without names of this machine."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/srv", "LANG": "C.UTF-8"}
    command = [sys.executable, "-B", "-m", "shop", family, f"shop@{release}"]
    made = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, timeout=120)
    if made.returncode:
        sys.exit(f"{family} {release}: {made.stderr}")
    text = made.stdout
    for name, replacement in told_apart_from(work.parent):
        text = text.replace(name, replacement)
    return text


def main():
    """Writes a file for each family."""
    with tempfile.TemporaryDirectory() as machine:
        work = pathlib.Path(machine) / "app"
        shutil.copytree(HERE / "shop", work / "shop", ignore=shutil.ignore_patterns("__pycache__"))
        lines = {family: run(family, "1.0", work) for family in FAMILIES}
        for module in work.rglob("*.py"):
            if module.name not in ("__main__.py", "cases.py", "__init__.py"):
                move_lines(module)
        for family in FAMILIES:
            text = lines[family] + run(family, "1.1", work)
            packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
            (HERE / f"{family}.jsonl.gz").write_bytes(packed)
            print(f"{family}: {text.count(os.linesep)} events, {len(text)} bytes, {len(packed)} packed")


main()
