"""Bad input: a message that names the place and the repair, its own exit code, no traceback, nothing written."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from toy import toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app
from energy_routes.errors import DataError

PACK = Path(__file__).parent / "two_ways"
MODEL = PACK / "model.toml"
Spoil = Callable[[Path], None]


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def refused(folder: Path, *arguments: object, code: int) -> str:
    """The message of a command that must fail with ``code`` and leave ``folder`` as it is."""
    before = tree(folder)
    outcome = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert outcome.exit_code == code, outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert "Internal error" not in outcome.stderr
    assert outcome.stdout == ""
    assert tree(folder) == before
    return outcome.stderr


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACK, tmp_path / "pack"))


def replace(name: str, old: str, new: str) -> Spoil:
    """Change a text of a file, once."""

    def spoil(pack: Path) -> None:
        text = (pack / name).read_text("utf-8")
        assert old in text
        (pack / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def half(name: str) -> Spoil:
    def spoil(pack: Path) -> None:
        text = (pack / name).read_bytes()
        (pack / name).write_bytes(text[: len(text) // 2])

    return spoil


def other_encoding(name: str) -> Spoil:
    def spoil(pack: Path) -> None:
        text = (pack / name).read_text("utf-8").replace("Hub", "Hüb").replace("Two ways", "Zwei Wäge")
        (pack / name).write_bytes(text.encode("latin-1"))

    return spoil


def directory(name: str) -> Spoil:
    def spoil(pack: Path) -> None:
        (pack / name).unlink()
        (pack / name).mkdir()

    return spoil


def gone(name: str) -> Spoil:
    return lambda pack: (pack / name).unlink()


SPOILT = {
    "a table is missing": (gone("arcs.csv"), ["arcs.csv", "missing"]),
    "the model is missing": (gone("model.toml"), ["model.toml"]),
    "half a table": (half("arcs.csv"), ["arcs.csv row 5", "cut off"]),
    "half a model": (half("model.toml"), ["model.toml", "line"]),
    "a table in another encoding": (other_encoding("nodes.csv"), ["nodes.csv", "UTF-8"]),
    "a model in another encoding": (other_encoding("model.toml"), ["model.toml", "UTF-8"]),
    "a directory for a table": (directory("arcs.csv"), ["arcs.csv", "a directory"]),
    "a directory for the model": (directory("model.toml"), ["model.toml", "a directory"]),
    "a slip in TOML": (replace("model.toml", "year     = 2024", "year     = = 2024"), ["line 5, column 12"]),
    "an unknown key": (replace("model.toml", 'periods  = "month"', 'periodes = "month"'), ["periodes", "'periods'"]),
    "an unknown target": (replace("model.toml", 'arc:HUB_PORT"', 'arc:HUB_PROT"'), ["'HUB_PORT'"]),
    "a negative capacity": (replace("arcs.csv", "operating,6,", "operating,-6,"), ["arcs.csv row 3", "capacity", "-6"]),
    "an arc to nowhere": (replace("arcs.csv", "HUB_GATE,HUB,GATE", "HUB_GATE,HUB,GAET"), ["arcs.csv row 7", "'GATE'"]),
    "a supply without outlet": (
        replace("arcs.csv", "South line,pipeline,Line Co,operating", "South line,pipeline,Line Co,idle"),
        ["supplies.csv row 3", "SOUTH_B"]),
    "a month that does not exist": (replace("model.toml", '"2024-09"', '"2024-13"'), ["2024-13", "2024-01 … 2024-12"]),
    "a dated month that does not exist": (replace("values.csv", "*-01", "*-00"), ["values.csv row 4", "*-00"]),
    "a key of an edit misspelt": (replace("model.toml", "periods  = [", "period   = ["),
                                  ["arc:HUB_PORT.period'", "'periods'"]),
    "a period outside the horizon": (replace("model.toml", '"2024-09"', '"2025-09"'), ["2025-09"]),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "words"), SPOILT.values(), ids=SPOILT)
def test_spoilt_input_exits_3_and_names_the_place(
    spoil: Spoil, words: list[str], pack: Path, tmp_path: Path
) -> None:
    spoil(pack)
    for verb in (["check"], ["solve", "--out", tmp_path / "out", "--map", tmp_path / "m.png"]):
        message = refused(tmp_path, verb[0], pack / "model.toml", *verb[1:], code=3)
        for word in words:
            assert word in message, message
        assert message.startswith("Error: ")


def test_all_faults_come_at_once(pack: Path) -> None:
    for name in ("a negative capacity", "an arc to nowhere", "a dated month that does not exist"):
        SPOILT[name][0](pack)
    message = refused(pack, "check", pack, code=3)
    assert "3 problems" in message
    assert all(file in message for file in ("arcs.csv row 3", "arcs.csv row 7", "values.csv row 4"))


def test_the_faults_of_a_scenario_are_found_by_check(pack: Path) -> None:
    replace("model.toml", 'target = "supply:SOUTH_B", available', 'target = "supply:SOUTH_X", available')(pack)
    assert "'SOUTH_B'" in refused(pack, "check", pack / "model.toml", code=3)


@pytest.mark.parametrize(("arguments", "words"), [
    (["solve", "oil-2042"], ["no model called 'oil-2042'", "Nearest: 'oil-202"]),
    (["solve", MODEL, "--scenario", "rial"], ["no scenario 'rial'", "'rail'"]),
    (["solve", MODEL, "--set", "arc:HUB_PORT"], ["PATH=VALUE"]),
    (["solve", MODEL, "--set", "policy.max_share.transit:RU=much"], ["'much' is not a number"]),
    (["solve", MODEL, "--set", "policy.max_share.transit:RU=0,9"], ["'0,9' is not a number; write 0.9"]),
    (["solve", MODEL, "--set", "policy.max_share.transit:RU=80"], ["a share from 0 to 1: write 0.8, or '80 %'"]),
    (["solve", MODEL, "--set", "policy.max_share.transit:RU=180"], ["is not a share from 0 to 1\n"]),
    (["solve", MODEL, "--set", "policy.max_share.corridor:КТК=0.8"],
     ["corridor:КТК is not a group of this pack. There are: West, East\n"]),
    (["stress", MODEL, "--kind", "corridor:Запад"], ["measured at no arc. There are: West, East\n"]),
    (["stress", MODEL, "--kind", "Россия"], ["'Россия' is neither a kind of loss nor one loss", "There are: arc, "]),
    (["explain", MODEL, "pipe"], ["Like it: arc:", "corridor:West (Western pipeline and railway)"]),
    (["explain", MODEL, "Запад"], ["other group of model. Corridors: corridor:West, corridor:East\n"]),
    (["explain", MODEL, "GATES"], ["Nearest: 'GATE_EAST'. Corridors:"]),
    (["solve", MODEL, "--set", "policy.max_shares.transit:RU=0.8"], ["max_share"]),
    (["solve", MODEL, "--set", "policy.max_exposure.transit:RU=1e30"], ["max_exposure of 'transit:RU'", "1e+30"]),
    (["solve", MODEL, "--set", "policy.carbon_price=1e30"], ["policy.carbon_price", "1e30"]),
    (["solve", MODEL, "--colour"], ["--colour"]),
    (["solve", MODEL, "--map", "flows.gif"], ["flows.gif", ".png"]),
    (["solve", MODEL, "--seed", "-1"], ["--seed"]),
    (["export", MODEL, "model.txt"], [".mps, .lp"]),
    (["init", "new", "--model", "oil-2o24"], ["Nearest: 'oil-2024'"]),
])  # fmt: skip
def test_usage(arguments: list[Any], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    message = refused(tmp_path, *arguments, code=2)
    for word in words:
        assert word in message, message


@pytest.mark.parametrize("edit", ["arc:HUB_PORT.tariff", "arc:HUB_PORT.capacity"])
def test_a_number_that_no_solver_can_use_names_its_edit(edit: str, tmp_path: Path) -> None:
    message = refused(tmp_path, "solve", MODEL, "--set", f"{edit}=1e30", code=3)
    for word in (edit.replace(".", " "), "set 1e+30", "1e+12"):
        assert word in message, message


def test_an_unknown_edit_target_on_the_command_line(tmp_path: Path) -> None:
    message = refused(tmp_path, "solve", MODEL, "--set", "arc:HUB_PROT.tariff=1", code=3)
    assert "'HUB_PORT'" in message
    message = refused(tmp_path, "solve", MODEL, "--set", "corridor:West.capacity=1", code=3)
    assert "such as policy.max_exposure.corridor:West" in message
    message = refused(tmp_path, "solve", MODEL, "--set", "arc:HUB_PORT.tarif=1", code=3)
    assert "'tariff'" in message


def test_a_year_that_no_price_reaches_is_refused(tmp_path: Path) -> None:
    """Nothing could be sold: a plan would say that no route carries anything."""
    model = tmp_path / "late.toml"
    model.write_text('extends = "oil-2024"\nyear = [2030, 2031]\n', "utf-8")
    for verb in ("check", "solve", "netbacks"):
        message = refused(tmp_path, verb, model, code=3)
        assert "no market of dated prices has one in 2031" in message
        assert "expected a period of the prices that the pack dates, 2022 to 2030" in message
    for asked in (er.solve, er.compile, er.netbacks):
        with pytest.raises(DataError, match=r"no market of dated prices has one in 2031; expected a period"):
            asked(er.load(model))
    priced = CliRunner().invoke(app, ["check", str(model), "--set", "market:AUGUSTA.price=80 USD/bbl"])
    assert priced.exit_code == 0, priced.stderr
    model.write_text('extends = "oil-2024"\nyear = 2031\n[policy]\nobjective = "cost"\n', "utf-8")
    assert CliRunner().invoke(app, ["check", str(model)]).exit_code == 0


def test_a_month_that_no_price_reaches_is_refused_with_the_months_that_have_one(tmp_path: Path) -> None:
    dated = ("table,id,field,period,value,unit", *(f"markets,{name},price,2023-0{month},500,USD/t"
                                                   for name in ("EAST", "WEST") for month in (1, 2)))
    tables = {"markets": "id,node,name\nEAST,EAST,East\nWEST,WEST,West", "values": "\n".join(dated)}
    case = toy(tmp_path, tables, 'periods = "month"')
    with pytest.raises(DataError, match=r"one in 2023-03, .* a period of the prices .*, 2023-01 to 2023-02\. Ask"):
        er.solve(case)


def test_infeasible_exits_4_with_the_cheapest_repair(tmp_path: Path) -> None:
    """The plant needs 1.2 Mt a year and may not be left short at a penalty of none; with no crude nothing helps."""
    message = refused(
        tmp_path, "solve", MODEL, "--set", "policy.objective=cost", "--out", tmp_path / "out", code=4
    )
    assert "is infeasible" in message
    assert "East pipeline (2024-07)" in message
    assert " Mt more" in message


def test_unbounded_exits_5_and_names_what_grows(tmp_path: Path) -> None:
    loose = [f"--set={path}=unlimited" for path in ("supply:NORTH_A.available", "arc:HUB_GATE.capacity")]
    message = refused(tmp_path, "solve", MODEL, *loose, code=5)
    assert "grows without end" in message
    for path in ("supply:NORTH_A.available", "arc:HUB_GATE.capacity"):
        assert path in message
    assert "Give any one of them a number." in message


def test_a_limit_of_time_exits_6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from energy_routes.errors import LimitError

    def slow(*_: Any, **__: Any) -> None:
        raise LimitError("the time limit was reached before the optimum was proved. Raise --time-limit.")

    monkeypatch.setattr(er, "solve", slow)
    assert "--time-limit" in refused(tmp_path, "solve", MODEL, "--time-limit", "1", code=6)


def test_a_solver_that_is_not_there_exits_7(tmp_path: Path) -> None:
    assert "no solver is called 'nosuch'" in refused(tmp_path, "solve", MODEL, "--solver", "nosuch", code=7)


def test_our_own_fault_exits_1_and_debug_shows_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("by us")

    monkeypatch.setattr(er, "solve", broken)
    outcome = CliRunner().invoke(app, ["solve", str(MODEL)])
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("Internal error: ZeroDivisionError: by us")
    assert "Traceback" not in outcome.stderr
    outcome = CliRunner().invoke(app, ["solve", str(MODEL), "--debug"])
    assert outcome.exit_code == 1
    assert "Traceback" in outcome.stderr


@pytest.mark.parametrize("number", [errno.EPERM, errno.EIO])
def test_a_place_that_the_system_refuses_is_no_fault_of_ours(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that nobody may change, and a disk that is gone."""
    def refuses(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number), "place")

    monkeypatch.setattr(er, "solve", refuses)
    outcome = CliRunner().invoke(app, ["solve", str(MODEL)])
    assert (outcome.exit_code, outcome.stderr.startswith(f"Error: place: {os.strerror(number)}. ")) == (2, True)


# --- places that cannot be written ------------------------------------------------------------------------------


def test_places_are_refused_before_anything_is_solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(er, "solve", lambda *_, **__: pytest.fail("solved in vain"))
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "out"):
        for verb in ("solve", "stress"):
            told = " ".join(refused(tmp_path, verb, MODEL, "--out", place, code=2).replace("│", " ").split())
            assert "is a file: name a folder" in told
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").write_text("mine")
    assert "holds other files" in refused(tmp_path, "solve", MODEL, "--out", tmp_path / "full", code=2)
    assert "there is no folder" in refused(tmp_path, "solve", MODEL, "--map", tmp_path / "none" / "m.png", code=2)
    (tmp_path / "dir.png").mkdir()
    assert "is a directory" in refused(tmp_path, "solve", MODEL, "--map", tmp_path / "dir.png", code=2)


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write anywhere, so what the system says of permissions is played."""
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
    assert "no permission to write" in refused(tmp_path, "solve", MODEL, "--out", tmp_path / "r", code=2)
    assert "no permission to write" in refused(tmp_path, "stress", MODEL, "--out", tmp_path / "r", code=2)
    assert "no permission to write" in refused(tmp_path, "solve", MODEL, "--map", tmp_path / "m.png", code=2)


# --- real signals and real limits, in processes of their own -----------------------------------------------------


@contextmanager
def running(code: str, *arguments: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A child that is ended, and its pipes closed, however the test ends."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    ) as run:  # fmt: skip
        try:
            yield run
        finally:
            run.kill()


def test_ctrl_c_during_a_solve_exits_130_and_writes_nothing(tmp_path: Path) -> None:
    """The solve is repeated for ever, so that the signal comes while it runs."""
    code = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to Ctrl-C
from energy_routes import solving
once = solving.solve
def again(*a, **k):
    print("solving", file=sys.stderr, flush=True)
    while True:
        once(*a, **k)
solving.solve = again
from energy_routes.cli import main
main()
"""
    with running(code, "solve", MODEL, "--out", tmp_path / "r", "--map", tmp_path / "m.png") as run:
        assert run.stderr is not None
        assert run.stderr.readline() == "solving\n"
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert err == "Interrupted: nothing was written.\n"
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_disk_that_takes_no_more_leaves_the_old_result(tmp_path: Path) -> None:
    """The system itself refuses to let any file grow beyond 20 kB, as a full disk would."""
    code = "from energy_routes.cli import main; main()"
    assert CliRunner().invoke(app, ["solve", str(MODEL), "--out", str(tmp_path / "r"), "--quiet"]).exit_code == 0
    before = tree(tmp_path)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with running(code, "solve", MODEL, "--out", tmp_path / "r", "--scenario", "rail", preexec_fn=small) as run:
        _, err = run.communicate()
    assert run.returncode == 2, err
    assert "cannot be written (File too large); nothing was changed" in err
    assert "Traceback" not in err
    assert tree(tmp_path) == before
