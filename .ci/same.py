"""What commands say must not depend on the machine: texts, exit codes and messages are equal, numbers to nine digits.

``python .ci/same.py run FILE`` writes what each command answers here; ``python .ci/same.py compare ONE TWO`` prints
where two such files differ and exits 1.  Run it on two machines, or as ``.ci/run`` does in two environments of one:
the newest libraries and the lowest, in another time zone, locale and order of sets.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

TOY = "tests/two_ways/model.toml"
LOOSE = "--set supply:NORTH_A.available=unlimited --set arc:HUB_GATE.capacity=unlimited"
COMMANDS = (
    "models", "--help", "sovle", f"check {TOY}", f"solve {TOY}", f"solve {TOY} --json", f"netbacks {TOY}",
    f"netbacks {TOY} --json", f"solve {TOY} {LOOSE}", f"solve {TOY} --set policy.objective=cost",
    f"solve {TOY} --set arc:HUB_PORT.tarif=1", f"solve {TOY} --solver nosuch", f"stress {TOY} --json",
    f"solve {TOY} --scenario rail --json", "solve oil-2024", "solve oil-2024 --json", "solve gas-2024 --json",
)  # fmt: skip
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
DIGITS, NOTHING = 1e-9, 1e-9  # the same: relative to the larger, or both about zero
# What rightly differs: where the files lie, and how exactly the solver met its tolerance on the way.
OWN = ("provenance", "certificate", "versions", "iterations", "seconds")


def answers() -> Iterator[tuple[str, dict[str, object]]]:
    """Each command with its exit code, output and messages."""
    from typer.testing import CliRunner

    from energy_routes.cli.app import app

    for command in COMMANDS:
        done = CliRunner().invoke(app, command.split(), terminal_width=100)
        yield command, {"exit": done.exit_code, "out": said(done.stdout), "err": said(done.stderr)}


def said(text: str) -> object:
    """An output: JSON as it is read, without what is each machine's own; other text as it is."""
    try:
        return without(json.loads(text))
    except ValueError:
        return text.replace(str(Path.cwd()), ".")


def without(value: object) -> object:
    """A value of JSON without the keys of ``OWN``."""
    if isinstance(value, dict):
        return {key: without(one) for key, one in value.items() if key not in OWN}
    return [without(one) for one in value] if isinstance(value, list) else value


def differences(one: object, two: object, place: str) -> Iterator[str]:
    """Where two answers differ."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted({*one, *two}):
            yield from differences(one.get(key), two.get(key), f"{place} / {key}")
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for at, (a, b) in enumerate(zip(one, two, strict=True)):
            yield from differences(a, b, f"{place} / {at}")
    elif isinstance(one, str) and isinstance(two, str):
        for a, b in zip(one.splitlines() or [""], two.splitlines() or [""], strict=False):
            if not alike(a, b):
                yield f"{place}\n  {a}\n  {b}"
        if len(one.splitlines()) != len(two.splitlines()):
            yield f"{place}: {len(one.splitlines())} lines and {len(two.splitlines())}"
    elif not (close(one, two) if isinstance(one, float) and isinstance(two, float) else one == two):
        yield f"{place}: {one!r} and {two!r}"


def alike(one: str, two: str) -> bool:
    """Whether two lines have the same words, and numbers that agree."""
    pairs = zip(NUMBER.findall(one), NUMBER.findall(two), strict=False)
    return NUMBER.sub("#", one) == NUMBER.sub("#", two) and all(close(float(a), float(b)) for a, b in pairs)


def close(one: float, two: float) -> bool:
    """Whether two numbers are the same to nine digits."""
    return math.isclose(one, two, rel_tol=DIGITS, abs_tol=NOTHING) or (math.isnan(one) and math.isnan(two))


def compare(one: Mapping[str, object], two: Mapping[str, object]) -> int:
    """Print the differences of two files; their number."""
    found = [text for command in {**one, **two} for text in differences(one.get(command), two.get(command), command)]
    print("\n".join(found) or f"{len(one)} commands answer the same")
    return len(found)


def main(verb: str, *files: str) -> int:
    """``run FILE`` or ``compare ONE TWO``; the exit code."""
    if verb == "run":
        Path(files[0]).write_text(json.dumps(dict(answers()), indent=1), "utf-8")
        return 0
    one, two = (json.loads(Path(file).read_text("utf-8")) for file in files)
    return int(compare(one, two) > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
