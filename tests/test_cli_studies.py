"""The verbs frontier and stress: what they print and save, and how they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from rest import first
from toy import write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app

SHARE = "policy.max_share.transit:RU"
SOLD_IN_RUSSIA = "does not cross it and is not counted as transit: Russia (Gazprom at Orenburg) (market:ORENBURG_GAS)"


def run(*arguments: object, code: int = 0) -> Any:
    outcome = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert outcome.exit_code == code, outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stderr
    return outcome


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("toy"))


def test_frontier_prints_json_and_saves(model: Path, tmp_path: Path) -> None:
    done = run("frontier", model, "--over", SHARE, "--from", 0.95, "--to", 0.40, "--json",
               "--out", tmp_path / "out", "--plot", tmp_path / "f.svg")
    told = json.loads(done.stdout)
    assert told["over"] == SHARE
    assert [point["cap"] for point in told["points"]] == pytest.approx([0.95, 0.75, 0.625, 0.40])
    assert all({"cap", "netback", "exports", "shut_in", "price_usd_per_t_exposure", "price_musd_per_pp",
                "premium_usd_per_t", "kink", "enters"} <= set(point) for point in told["points"])
    assert {segment["form"] for segment in told["segments"]} == {"linear"}
    assert json.loads((tmp_path / "out" / "frontier.json").read_text("utf-8")) == told
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "frontier.json", *(f"{t}.{k}" for t in ("points", "segments", "curve", "fan") for k in ("csv", "parquet"))}
    assert "font-family: 'DejaVu Sans', 'Verdana', sans-serif" in (tmp_path / "f.svg").read_text("utf-8")


def test_frontier_for_people(model: Path) -> None:
    text = run("frontier", model, "--over", SHARE).stdout
    assert "share of Russia" in text
    assert "At 75.00 %: opens" in text
    points = json.loads(run("frontier", model, "--over", SHARE, "--json").stdout)["points"]
    paid = [point["price_usd_per_t_exposure"] for point in points if point["price_usd_per_t_exposure"]]
    assert paid[-1] > paid[0] > 0
    assert f"The first tonne taken from Russia costs {paid[0]:.2f} USD, the last {paid[-1]:.2f} USD" in text
    assert "no plan beyond" in text or "no plan with exports held beyond 37.5 %" in text
    assert max(len(line) for line in text.splitlines() if "─" in line) <= 100


def test_a_frontier_says_what_is_gained_and_what_is_no_transit(model: Path) -> None:
    dearer = run("frontier", model, "--over", SHARE, "--from", "1", "--to", "0.5")
    assert "lost by re-routing, 0.0 by shutting in" in " ".join(dearer.stdout.split())
    cheaper = run("frontier", "oil-2024", "--over", "arc:BTC.tariff", "--from", "24", "--to", "1")
    assert "taken from" not in cheaper.stdout
    assert "38.6 MUSD are gained on what moves" in " ".join(cheaper.stdout.split())
    gas = run("frontier", "gas-2024", "--over", "policy.max_share.transit:RU")
    told = " ".join(gas.stdout.split())
    assert f"What is sold in Russia {SOLD_IN_RUSSIA}" in told
    assert "no plan" not in told  # the curve comes to its end
    both = run("frontier", "energy-2024", "--over", "policy.max_share.all/transit:RU", "--to", "0.9").stdout
    assert "USD per USD" in both
    assert "taken from" not in both
    assert "What is sold in Russia does not cross it" in " ".join(both.split())
    assert "exports" not in both  # tonnes and cubic metres have no sum


@pytest.mark.parametrize(("verb", "words"), [
    (("explain", "gas-2024", "transit:RU"), ()),
    (("explain", "gas-2024", "transit_set:RU+AZ"), ("What is sold in Azerbaijan does not cross it",)),
    (("stress", "gas-2024", "--kind", "transit:RU"), ("6.73 bcm exported", "No gas crosses transit:RU in the plan")),
    (("frontier", "gas-2024", "--over", "policy.max_share.transit:RU", "--budget", 1), ()),
])
def test_what_is_sold_in_a_country_is_no_transit(verb: tuple[str | int, ...], words: tuple[str, ...]) -> None:
    told = " ".join(run(*verb).stdout.split())
    assert f"What is sold in Russia {SOLD_IN_RUSSIA}" in told
    assert "stranded" not in told  # no table of nothing
    for word in words:
        assert word in told


def test_a_kind_that_nothing_crosses_is_said() -> None:
    assert "No loss of these kinds touches what is planned" in run("stress", "gas-2024", "--kind", "transit").stdout


@pytest.mark.parametrize("words", first([
    "stress gas-2024 --kind corridor -k 2", "ranging gas-2024", "explain oil-2024 corridor:CPC",
    "solve oil-2026-bookings --full", "compare oil-2024 oil-2024-spread",
], 1))  # fmt: skip
def test_what_people_read_has_one_sign_for_minus(words: str) -> None:
    told = run(*words.split()).stdout
    assert re.search(r"−\d", told)
    assert re.findall(r"(?<![\w.])-\d\S*", told) == []


@pytest.mark.parametrize("words", first([
    "sources gas-2024", "frontier gas-2024 --over arc:BNF_SOUTH.tariff --from 1 --to 2", "bargain gas-2024 --draws 0",
    "ranging gas-2024", "compare gas-2024 gas-2026",
], 3))  # fmt: skip
def test_a_unit_reads_the_same_in_all_tables(words: str) -> None:
    told = run(*words.split()).stdout
    assert "USD/1000 m³" in told
    assert "P10 to P90" not in told  # nothing is drawn
    assert "1000m3" not in told


@pytest.mark.parametrize("words", first([
    "explain energy-2024 gas/corridor:ORENBURG", "schedule energy-2024", "netbacks energy-2024",
    "solve energy-2024 --set policy.max_share.gas/corridor:ORENBURG=0.4 --show limits",
    "frontier energy-2024 --over policy.max_share.gas/corridor:ORENBURG --to 0.4",
    "tariff energy-2024 --corridor gas/corridor:ORENBURG", "tariff energy-2024 --corridor gas/corridor:CHINA",
], 4))  # fmt: skip
def test_a_group_of_gas_is_not_called_as_the_group_of_oil_with_its_id(words: str) -> None:
    told = " ".join(run(*words.split()).stdout.split())
    assert "Karachaganak gas sold at" in told
    assert "Condensate to Orenburg" not in told


def test_files_for_machines_have_a_hyphen_for_minus(tmp_path: Path) -> None:
    run("explain", "oil-2024", "arc:BTC", "--out", tmp_path / "out")
    text = (tmp_path / "out" / "terms.csv").read_text("utf-8")
    assert re.search(r",-\d", text)
    assert "−" not in text


def test_what_tariff_makes_a_route_win(model: Path) -> None:
    text = run("frontier", model, "--over", "arc:SHORT.tariff", "--from", 0, "--to", 100).stdout
    assert "40.0000" in text
    assert "60.0000" in text


def test_budget(model: Path) -> None:
    told = json.loads(run("frontier", model, "--over", SHARE, "--budget", 1.25, "--json").stdout)
    assert told["share"] == pytest.approx(0.625)
    assert "62.50 %" in run("frontier", model, "--over", SHARE, "--budget", 1.25).stdout


def test_stress_prints_json_and_saves(model: Path, tmp_path: Path) -> None:
    done = run("stress", model, "--json", "-k", 2, "--out", tmp_path / "out", "--plot", tmp_path / "s.png")
    told = json.loads(done.stdout)
    assert {"what", "kind", "stranded", "rerouted", "loss", "days_of_storage"} <= set(told["outages"][0])
    losses = [outage["loss"] for outage in told["outages"]]
    assert losses == sorted(losses, reverse=True)
    assert told["pairs"]
    assert (tmp_path / "s.png").stat().st_size > 5000
    text = run("stress", model).stdout
    assert "Short way" in text
    assert "leaves home short" in text
    assert "more lose less" not in text
    assert "Below zero with home supplied" not in text  # no contract
    count = len(told["outages"])
    assert f"{count - 1} more lose less: --top {count}" in run("stress", model, "--top", 1).stdout


@pytest.mark.parametrize(("arguments", "words"), [
    (["frontier", "--over", "arc:SHORT.tariff"], "--from and --to"),
    (["frontier", "--over", "policy.max_share.transit:RX"], "Nearest"),
    (["frontier", "--over", SHARE, "--plot", "x.doc"], ".png"),
    (["frontier", "--over", "arc:SHORT.tariff", "--budget", "1"], "--budget needs"),
    (["stress", "--onset", "2031"], "onset '2031' is not a period of model: 2023\n"),
    (["stress", "--scenario", "x"], "no scenario 'x'. Known"),
    (["stress", "--kind", "coridor"], "coridor"),
])
def test_wrong_calls_end_with_2(model: Path, arguments: list[str], words: str) -> None:
    assert words in run(arguments[0], model, *arguments[1:], code=2).stderr


def test_no_plan_ends_with_4(model: Path) -> None:
    assert "0.3750" in run("frontier", model, "--over", SHARE, "--from", 0.3, "--to", 0.1, code=4).stderr


def test_a_plan_under_risk_shows_its_tables(tmp_path: Path) -> None:
    guarded = write(tmp_path / "a", model="""
        [policy.security]
        outages = ["arc:SHORT"]
        delta = 0.5
        """)
    text = run("solve", guarded, "--show", "risk").stdout
    assert "Exports that survive each single loss" in text
    assert "arc:SHORT" in text
    assert "whatever it costs" in text
    loss = guarded.read_text("utf-8") + 'mode = "preventive"\n'
    (tmp_path / "a" / "lost.toml").write_text(loss, "utf-8")
    assert "whatever it costs" not in run("solve", tmp_path / "a" / "lost.toml", "--show", "risk").stdout
    booked = write(tmp_path / "b", model="""
        [policy.bookings]
        arcs = ["arc:LONG"]
        premium = 20
        spot = 0.3
        [policy.cvar]
        scenarios = [{ name = "storm", probability = 0.2, outages = ["arc:SHORT"] }]
        """)
    text = run("solve", booked, "--show", "risk").stdout
    plan = er.solve(er.load(booked))
    assert plan.objective.value != plan.netback
    totals = run("solve", booked, "--show", "totals,ledger").stdout
    assert f"Best netback, futures weighed: {plan.objective.value:,.1f} MUSD." in totals
    assert f"Where nothing fails: {plan.netback:,.1f} MUSD." in totals
    assert "Netback, futures weighed" in totals
    for words in ("Capacity booked before it is known what fails", "Long way", "Futures", "storm"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 100


def test_regret_prints_json_and_saves(tmp_path: Path) -> None:
    model = write(tmp_path / "m")
    other = tmp_path / "m" / "other.toml"
    change = "\n[[edit]]\ntarget = 'arc:SHORT'\ncapacity = { set = 2 }\nreason = 'gone'\n"
    other.write_text(model.read_text("utf-8") + change, "utf-8")
    asked = ["regret", model, other, "--book", "arc:LONG", "--premium", 5, "--spot", 0]
    told = json.loads(run(*asked, "--json", "--out", tmp_path / "out").stdout)
    assert {row["criterion"] for row in told["summary"]} == {"regret", "expected", "cvar"}
    assert told["least_regret"] == pytest.approx(min(row["largest_regret"] for row in told["summary"]))
    assert json.loads((tmp_path / "out" / "regret.json").read_text("utf-8")) == told
    text = run(*asked, "--probability", 0.9, "--probability", 0.1).stdout
    assert "least regret" in text
    assert "LONG" in text
    assert "one a case" in run("regret", model, other, "--book", "arc:LONG", "--probability", 1, code=2).stderr
    assert "one name" in run("regret", model, model, "--book", "arc:LONG", code=2).stderr
