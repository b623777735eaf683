"""Print a constraint file: every direct dependency of pyproject.toml, test tools too, at the lowest version it admits.

Usage: ``python .ci/lowest.py > lowest.txt && pip install -c lowest.txt -e '.[test]'``.  What a dependency needs
itself is left to pip.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def floors(project: dict[str, Any]) -> dict[str, Version]:
    """The lowest version of each requirement that this Python needs; of several floors of one name the highest.

    Raises ValueError for one without a ``>=``: what is untested below would be installed.
    """
    found: dict[str, Version] = {}
    extras = project["optional-dependencies"].values()
    for line in (*project["dependencies"], *(line for extra in extras for line in extra)):
        wanted = Requirement(line)
        if wanted.name == project["name"] or (wanted.marker and not wanted.marker.evaluate()):
            continue
        lowest = [Version(part.version) for part in wanted.specifier if part.operator == ">="]
        if len(lowest) != 1:
            raise ValueError(f"{PROJECT.name}: {line!r} states no lowest version. Write {wanted.name}>=X.")
        found[wanted.name] = max(lowest[0], found.get(wanted.name, lowest[0]))
    return found


if __name__ == "__main__":
    for name, version in floors(tomllib.loads(PROJECT.read_text("utf-8"))["project"]).items():
        print(f"{name}=={version}")
