"""Where a saved result stands, and its JSON: nothing that would be waited for, and each fault at its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from energy_routes.errors import DataError, Fault
from energy_routes.pack.files.text import PIPE, hindrance, printable

RUN = "run.json"


def saved_result(folder: str | Path) -> Path:
    """The folder of a saved result.  Raises DataError where it is none, or where a pipe or a device stands in it."""
    place = Path(folder)
    if not (place / RUN).is_file():
        found = "there is no such folder" if not place.exists() else "not a saved result"
        fault = Fault(printable(place.name), found=found, expected=f"a folder with {RUN}",
                      repair="Save one with: energy-routes solve MODEL --out DIR")
        raise DataError(printable(str(folder)), [fault])
    if pipes := [path for path in sorted(place.rglob("*")) if hindrance(path) == PIPE]:
        raise DataError(str(folder), [Fault(path.relative_to(place).as_posix(), found=PIPE, expected="a file",
                                            repair="Save the result again.") for path in pipes])
    return place


def read_json(file: Path, called: str = "") -> dict[str, Any]:
    """One JSON object of a saved result, ``called`` so in messages.  Raises DataError when it is missing or damaged."""
    name = called or file.name
    try:
        content = json.loads(file.read_text("utf-8"))
    except OSError as error:
        fault = Fault(name, found=error.strerror or str(error), expected="a readable file")
    except (ValueError, RecursionError) as error:
        fault = Fault(name, found=f"not JSON: {error}", expected="JSON as it was saved",
                      repair="Save the result again.")
    else:
        if isinstance(content, dict):
            return content
        fault = Fault(name, found=f"a {type(content).__name__}", expected="the object that was saved",
                      repair="Save the result again.")
    raise DataError(str(file.parent), [fault])
