"""The report: its numbers are the plan's, it can reach nothing, and hostile names stay text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from toy import toy

import energy_routes as er
from energy_routes.answer.words import LANGUAGES, Words
from energy_routes.errors import UsageError
from energy_routes.report import charts
from energy_routes.report.figures import inline
from energy_routes.report.page import PARTS
from energy_routes.report.sections import basis, risks
from energy_routes.report.sections.answer import cards, headline, sentences
from energy_routes.report.studies import frontier_of, stress_of
from energy_routes.report.subject import subject_of
from energy_routes.report.table import link
from energy_routes.report.writing import report_html

TWO_WAYS = Path(__file__).parent / "two_ways" / "model.toml"
HOSTILE = "</script><img src=x onerror=alert(1)> & \"None\" 'Қазақ' {{ 7*7 }}"


class Page(HTMLParser):
    """What a page holds: tags with their attributes, texts, ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags for key, value in attributes.items() if key == name and value]


@pytest.fixture(scope="module")
def before() -> er.Plan:
    return er.solve(er.load(TWO_WAYS))


@pytest.fixture(scope="module")
def after(before: er.Plan) -> er.Plan:
    case = before.case.outage("HUB_PORT", ["2024-03", "2024-04"], 0.6, reason="a pump is out")
    return er.solve(replace(case, title="A pump out"))


@pytest.fixture(scope="module")
def compared(before: er.Plan, after: er.Plan) -> Page:
    return Page(report_html(after, before=before, stress=er.stress(after.case, ["arc:HUB_PORT"])))


def test_the_answer_is_made_of_the_plans_numbers(before: er.Plan) -> None:
    subject = subject_of(before, None, None, None, "en")
    words, told = subject.words, " ".join(sentences(subject))
    exports = float(before.exports["oil"])
    corridors = before.groups[(before.groups["kind"] == "corridor") & (before.groups["period"] == "total")]
    lead = corridors.sort_values("volume", ascending=False).iloc[0]
    assert f"{words.number(exports)} Mt of oil are exported; {lead['name']} carry" in told
    assert f"carry {100 * lead['volume'] / exports:.0f} %" in told
    lifted = float(before.supplies["lifted"].sum())
    assert f"{before.netback / lifted:,.1f} USD/t" in told
    numbers = {card.name: card.value for card in cards(subject)}
    assert numbers["Oil exported"] == f"{exports:.2f}"
    assert headline(subject).startswith(str(lead["name"]))


def test_a_comparison_leads_with_what_changes(before: er.Plan, after: er.Plan) -> None:
    subject = subject_of(after, before, None, None, "en")
    lost = round(before.netback - after.netback)
    assert lost > 0
    west = before.groups.query("kind == 'corridor' and group == 'West' and period == 'total'").iloc[0]
    assert headline(subject).startswith(f"{west['name']} carry ")
    assert f" Mt less than in {before.case.name}; the netback loses {lost:,} MUSD" in headline(subject)
    netback = next(card for card in cards(subject) if card.name == "Netback")
    assert netback.beside == f"−{lost:,} against before"


def test_the_page_can_load_nothing(compared: Page) -> None:
    policy = next(a["content"] for tag, a in compared.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    loading = {"script", "link", "iframe", "object", "embed", "img", "form", "base"}
    assert not {tag for tag, _ in compared.tags} & loading
    assert not compared.all("src")
    assert all(target.startswith("#") for target in compared.all("xlink:href"))
    for tag, attributes in compared.tags:
        assert tag == "a" or not (attributes.get("href") or "").startswith("http"), tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "url(http" not in (attributes.get("style") or "")


def test_ids_are_unique_and_every_reference_has_its_target(compared: Page) -> None:
    ids = compared.all("id")
    assert len(ids) == len(set(ids))
    wanted = {target[1:] for target in compared.all("xlink:href")}
    wanted |= {found for style in compared.all("clip-path") for found in re.findall(r"url\(#([^)]+)\)", style)}
    assert wanted
    assert wanted <= set(ids)


def test_edits_are_told_with_their_reasons_and_losses_with_their_volumes(compared: Page) -> None:
    told = " ".join(compared.texts)
    for text in ("a pump is out", "What changes", "What if one fails", "How the answer is proved", "Policy"):
        assert text in told
    sections = [a["id"] for tag, a in compared.tags if tag == "section"]
    assert sections[:4] == ["answer", "map", "comparison", "corridors"]
    assert sections[-1] == "certificate"


def test_every_figure_has_a_name_and_every_table_a_heading(compared: Page) -> None:
    drawings = [a for tag, a in compared.tags if tag == "svg"]
    assert len(drawings) > 5
    assert all(a.get("role") == "img" and a.get("aria-label") for a in drawings)
    heads = sum(tag == "thead" for tag, _ in compared.tags)
    assert heads == sum(tag == "table" for tag, _ in compared.tags) > 5


def test_hostile_names_stay_text(before: er.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("energy_routes.report.page._map", lambda subject: "")  # names on maps are another test's
    warnings = ({"code": "x", "message": HOSTILE, "where": HOSTILE},)
    plan = replace(before, case=replace(before.case, title=HOSTILE, question=HOSTILE),
                   parts=before.parts.but(warnings=lambda: warnings))
    page = Page(report_html(plan))
    assert "img" not in {tag for tag, _ in page.tags}
    assert page.texts.count(HOSTILE) >= 2
    assert "49" not in next(text for text in page.texts if text.startswith("</script>"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_section_speaks_the_language(before: er.Plan, lang: str) -> None:
    subject = subject_of(before, None, None, None, lang)
    told = [section.title for part in PARTS if (section := part(subject)) is not None]
    assert Words.of(lang)("report.corridors") in told
    assert len(told) == len(set(told)) >= 9


def test_a_reason_is_told_in_the_language_beside_each_edit(before: er.Plan, after: er.Plan) -> None:
    english = "All berths of the port, not only the large-capacity ones."
    edits = tuple(replace(edit, reason=english) for edit in after.case.edits)
    reasoned = replace(after, case=replace(after.case, network=replace(after.case.network, edits=edits)))
    for lang in ("ru", "kk"):
        page = Page(report_html(reasoned, before=before, lang=lang))
        told = page.texts.count(Words.of(lang).name(english))
        assert (told, page.texts.count(english)) == (2 * len(edits), 0)  # what changes, and the edits


def test_the_data_behind_a_proof_is_named_in_the_language() -> None:
    data = basis.certificate(subject_of(er.solve(er.load("oil-2024")), None, None, None, "ru")).tables[1]
    assert [name for name, _ in data.rows] == ["Нефть Казахстана: месторождения, маршруты и рынки, 2022–2030"]


@pytest.mark.parametrize(("lang", "shut_in", "short"), [
    ("en", "1 Mt is available but not lifted (Field Co supply at Field)",
     "9.5 Mt not delivered, at its penalty (obligation of Hub)"),
    ("ru", "1 млн т можно добыть, но не добывается (ресурс Field Co, Field)",
     "9,5 млн т не поставлено, со штрафом (обязательство: Hub)"),
])  # fmt: skip
def test_notices_name_the_place_and_speak_the_language(lang: str, shut_in: str, short: str, tmp_path: Path) -> None:
    case = toy(tmp_path, {"obligations": "id,node,volume,value,penalty\nHOME,HUB,9.5,100,5"})
    plan = er.solve(case.set("arc:GATHER.capacity", 9))
    told = basis.notices(subject_of(plan, None, None, None, lang)).bullets
    assert told == (shut_in, short)


def test_what_was_asked_is_told_in_words(before: er.Plan) -> None:
    group = str(before.groups.loc[before.groups["kind"] == "corridor", "group"].iloc[0])
    name = str(before.groups.loc[before.groups["group"] == group, "name"].iloc[0])
    case = before.case.with_policy(max_share={f"corridor:{group}": 0.9}, max_hhi={"corridor": 0.8})
    told = basis.policy(subject_of(replace(before, case=case), None, None, None, "en")).bullets
    assert told[0] == "Sought: the best: Netback"
    assert told[1] == f"Share of {name} (corridor) ≤ 90.0\xa0%"
    assert told[2] == "Concentration (HHI) (corridor) ≤ 0.8"
    assert told[3] == "Exports are held at what they are without the caps."


def test_studies_are_found_beside_a_saved_plan_and_told(before: er.Plan, tmp_path: Path) -> None:
    run = er.frontier(toy(tmp_path), "arc:SHORT.capacity", 6, 2, unit="Mt/y")
    run.save(tmp_path / "frontier")
    found = frontier_of(None, tmp_path)
    assert found is not None
    assert (found.over, len(found.points)) == ("arc:SHORT.capacity", len(run.points))
    section = risks.frontier(replace(subject_of(before, None, run, None, "en"), frontier=found))
    assert section is not None
    assert [row[0] for row in section.tables[0].rows][:1] == ["6.000"]
    russian = risks.frontier(subject_of(before, None, run, None, "ru"))
    assert russian is not None
    assert russian.tables[0].columns[0] == "мощность: Short way, млн т в год"
    assert stress_of(None, tmp_path) is None
    with pytest.raises(UsageError, match=r"holds no stress\.json"):
        subject_of(before, None, None, tmp_path, "en")


@pytest.mark.parametrize(("lang", "ends", "free"), [
    ("en", "What less costs (share of Russia): the first tonne {} USD, the last {} USD.",
     "Less costs nothing (share of Russia) down to 75.0\xa0%."),
    ("ru", "Цена сокращения (доля: Россия): первая тонна – {} долл., последняя – {} долл.",
     "Сокращение (доля: Россия) до 75,0\xa0% ничего не стоит."),
    ("kk", "Азайту бағасы (Ресей үлесі): алғашқы тонна – {} доллар, соңғысы – {} доллар.",
     "75,0\xa0% деңгейіне дейін азайтудың (Ресей үлесі) құны жоқ."),
])  # fmt: skip
def test_the_price_of_diversification_is_told_first(lang: str, ends: str, free: str, tmp_path: Path) -> None:
    case, over = toy(tmp_path), "policy.max_share.transit:RU"
    plan = er.solve(case)
    for stop, told in ((0.5, ends), (0.75, free)):
        run = er.frontier(case, over, 1, stop)
        prices = run.points["price_usd_per_t_exposure"]
        paid = [Words.of(lang).number(price, 2) for price in prices[prices > 0].iloc[[0, -1]]] if told == ends else []
        section = risks.frontier(subject_of(plan, None, run, None, lang))
        assert section is not None
        assert section.sentences[0] == told.format(*paid)


def test_a_report_of_gas_speaks_of_its_unit_and_of_one_corridor_or_several() -> None:
    plan = er.solve(er.load("gas-2026"))
    page = report_html(plan)
    assert "Netback a thousand m³" in page
    assert "Netback a tonne" not in page
    assert "Beineu–Bozoi–Shymkent and Central Asia–China carry 70" in page


def test_a_waterfall_ends_where_its_steps_lead() -> None:
    steps = [charts.Step("in", 100.0), charts.Step("out", -30.0), charts.Step("left", 70.0, total=True)]
    drawn = charts.waterfall(steps, Words.of(), "MUSD", "A waterfall")
    bars = [tuple(map(float, found)) for found in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)]
    (a, in_), (b, out), (c, left) = bars
    assert a == c
    assert a + in_ == pytest.approx(b + out, abs=0.15)  # the cost hangs from the top of the gain
    assert b == pytest.approx(c + left, abs=0.15)
    assert out / in_ == pytest.approx(0.3, abs=0.01)


def test_a_bar_shows_flow_capacity_and_before() -> None:
    drawn = charts.bar(5.0, 8.0, 10.0, "#c8621c", before=6.0)
    widths = [float(w) for w in re.findall(r'width="([\d.]+)"', drawn)]
    assert widths == [pytest.approx(120), pytest.approx(75), 2.0]
    assert charts.bar(5.0, float("nan"), 10.0, "#c8621c").count("<rect") == 1
    assert "<path" in charts.bar(5.0, 80.0, 10.0, "#c8621c")


def test_links_go_to_sources_and_nowhere_else() -> None:
    both = link("https://example.org/a?b=1&c=2 ; estimate")
    assert isinstance(both, Markup)
    assert both == ('<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer" '
                    'title="https://example.org/a?b=1&amp;c=2">example.org</a> estimate')
    assert link("javascript:alert(1)") == "javascript:alert(1)"
    assert link(None) == ""


def test_a_figure_inside_a_page_keeps_its_ids_and_styles_to_itself() -> None:
    from matplotlib.figure import Figure

    def draw() -> Any:
        figure = Figure(figsize=(2, 1))
        figure.subplots().plot([0, 1], [0, 1.23456], marker="o", alpha=0.17)
        return figure

    text = inline(draw, "one", 'A "line"')
    assert "<style" not in text
    assert 'aria-label="A &#34;line&#34;"' in text
    assert all(name.startswith("one-") for name in re.findall(r'\bid="([^"]+)"', text))
    assert "0.17" in text  # opacity keeps its digits, only paths are rounded
    assert not re.search(r'\bd="[^"]*\d\.\d\d', text)
