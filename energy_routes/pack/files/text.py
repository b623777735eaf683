"""Files that people hand in: what is no file, too large or no text is told, and neither waited for nor read."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from energy_routes.errors import Fault

MOST_BYTES = 50_000_000  # of one file, unpacked
# Control characters, of terminals and of the direction of writing; tabs and line breaks are text.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
PIPE = "a pipe or a device"
SEMICOLONS = "where the decimal sign is a comma, Excel writes ';' into every CSV"
MOST_DOTS = 1000  # in one key of a TOML file: each costs as much time as all before it


def hindrance(path: Path) -> str:
    """Why a path cannot be read as a file, in words; '' where it can.

    A pipe or a device is none: reading it might never end.
    """
    try:
        status = os.stat(path)
    except ValueError:
        return "a name with a NUL character"
    except OSError as error:
        return error.strerror or str(error)
    if stat.S_ISDIR(status.st_mode):
        return "a directory"
    if not stat.S_ISREG(status.st_mode):
        return PIPE
    if status.st_size > MOST_BYTES:
        return f"a file of {status.st_size / 1e6:.0f} MB, more than the {MOST_BYTES / 1e6:.0f} that are read"
    return ""


def there(path: Path) -> bool:
    """Whether something stands at a path; False also for a name that no file can have."""
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def read_text(path: Path, expected: str, faults: list[Fault]) -> str | None:
    """The text of a UTF-8 file, with or without a byte order mark; None, and a fault, where it cannot be had."""
    wrong, data = hindrance(path), b""
    try:
        data = b"" if wrong else path.read_bytes()
    except OSError as error:
        wrong = error.strerror or str(error)
    if wrong:
        faults.append(Fault(printable(path.name or str(path)), found=wrong, expected=expected))
        return None
    return decode(path.name, data, faults)


def decode(file: str, data: bytes, faults: list[Fault]) -> str | None:
    """The text of UTF-8 bytes (with or without a byte order mark), or None and a fault saying which byte is not."""
    repair = "Save the file as UTF-8."
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:400].count(0) > len(data[:400]) // 4:
        faults.append(Fault(file, found="UTF-16 text", expected="UTF-8", repair=repair))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[:error.start].count(b"\n") + 1
        near = data[max(0, error.start - 12):error.start + 12].decode("cp1251", "replace").strip()
        faults.append(Fault(file, row, found=f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8",
                            expected="UTF-8 text", repair=f"{repair} If it is Windows-1251, it reads {near!r} there."))
        return None


def toml_of(file: str, text: str, faults: list[Fault]) -> dict[str, Any] | None:
    """The content of a TOML text; None, and its faults, where it is none or its texts would steer a terminal."""
    try:
        if any(line.partition("=")[0].count(".") > MOST_DOTS for line in text.splitlines()):
            raise RecursionError
        content = tomllib.loads(text)
        wrong = [Fault(file, 0, place, *told) for place, part in texts_in(content) if (told := unprintable(part))]
    except RecursionError:
        faults.append(Fault(file, found="tables or lists nested too deep", expected="at most a few levels"))
        return None
    except (tomllib.TOMLDecodeError, ValueError) as error:  # ValueError: an integer of thousands of digits
        faults.append(Fault(file, found=f"not TOML: {error}", expected="valid TOML", repair="Mend the line named."))
        return None
    faults += wrong
    return None if wrong else content


def unprintable(text: str) -> tuple[str, str, str] | None:
    """What is wrong with a text that would steer a terminal, as (found, expected, repair); None where nothing is."""
    found = CONTROL.search(text)
    return (f"the control character {found[0]!r}", "printable text", "Delete it.") if found else None


def printable(text: str, most: int = 300) -> str:
    """A text that may be told: control characters as Python writes them, and cut where it is long."""
    plain = CONTROL.sub(lambda found: repr(found[0])[1:-1], text)
    return plain if len(plain) <= most else f"{plain[:most]}…"


def texts_in(content: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in nested tables and lists, keys among them, with its place: ``edit.1.reason``."""
    if isinstance(content, str):
        yield place, content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield printable(f"{place}.{key}".lstrip(".")), str(key)
            yield from texts_in(value, printable(f"{place}.{key}".lstrip(".")))
    elif isinstance(content, list | tuple):
        for number, value in enumerate(content, 1):
            yield from texts_in(value, f"{place}.{number}".lstrip("."))
