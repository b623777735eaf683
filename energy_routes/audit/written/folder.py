"""The files of a saved result by themselves: each is known, and is byte for byte what ``run.json`` says was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from energy_routes.audit.files import TABLES
from energy_routes.audit.report import Findings
from energy_routes.errors import DataError
from energy_routes.pack import read_json

RUN = "run.json"
REWRITTEN = ("result.xlsx", "flows.gpkg")  # programmes rewrite these when they look; their cells are compared
OURS = (".parquet", ".csv", ".json", ".xlsx", ".gpkg", ".npz")  # what looks as if it were of the result
KEYS = ("schema_version", "model", "saved", "folder", "command", "options", "python", "platform", "versions", "inputs",
        "files", "layers")  # fmt: skip
WHO = "who computed it, when, where and with what; hashes beside them are compared"


def check(folder: Path, found: Findings) -> None:
    """Hashes of all files; files that are not of the result are named, or refused where they look as if they were."""
    try:
        run = read_json(folder / RUN)
        hashes: dict[str, str] = run["files"]
        names = {str(name): str(value) for name, value in hashes.items()}
    except (DataError, KeyError, AttributeError, TypeError) as error:
        found.wrong("hashes", f"{RUN} cannot be read: {error}")
        return
    found.known("hashes", RUN, run, KEYS)
    found.skip(f"{RUN}: saved, folder, command, options, python, platform, versions, inputs", WHO)
    for name, written in names.items():
        try:
            now = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            found.wrong("hashes", f"{name} is missing")
            continue
        found.true("hashes", name, now == written, "is not as it was saved (its SHA-256 differs)")
    _others(folder, names, found)


def _others(folder: Path, hashes: Iterable[str], found: Findings) -> None:
    """Files without a hash: those that must have one, those that look like ours, and those of somebody else."""
    known = {*hashes, *REWRITTEN, RUN}
    needed = {"summary.json", "certificate.json", *(f"{t}.{kind}" for t in TABLES for kind in ("parquet", "csv"))}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in known:
            continue
        if name in needed or name.startswith(("inputs/", "proof/")):
            found.wrong("hashes", f"{name}: run.json has no hash of it")
        elif path.suffix.lower() in OURS:
            found.wrong("files", f"{name} is not of the result; keep files of your own in another folder")
        else:
            found.skip(name, "a file of somebody's own in the folder")
