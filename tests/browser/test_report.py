"""The report in a real browser, from disk with the network blocked: nothing asked for, nothing complained about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import energy_routes as er


def test_the_report_opens_from_disk_and_asks_for_nothing(
    browser: Any, before: er.Plan, after: er.Plan, tmp_path: Path
) -> None:
    file = er.write_report(after, tmp_path / "report.html", before=before)
    said: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: request.url.startswith("file:") or said.append(request.url))
    page.goto(file.as_uri())
    assert page.title() == after.case.title
    assert page.locator("#map svg.figure").bounding_box()["width"] > 600
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0  # no sideways scrolling of the page
    told = page.locator(".cards").inner_text()
    assert f"{after.exports['oil']:.2f}" in told
    context.close()
    assert said == []
