"""A headless Chromium that may reach nothing, and the pages that the tests open in it from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import energy_routes as er
from energy_routes.maps.page.interactive import write_page

TWO_WAYS = Path(__file__).parent.parent / "two_ways" / "model.toml"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
NAMES = ("chromium", "chromium-browser", "google-chrome")
Open = Callable[..., Any]


def _chromium() -> str | None:
    """The browser of this machine; CHROMIUM names another."""
    return next(filter(None, (shutil.which(name) for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests of a worker."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = _chromium()
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or name one in CHROMIUM")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Open a file (and a view in its address); fails on any request, error or word on the console."""
    contexts, said = [], []

    def open_(file: Path, view: str = "", size: tuple[int, int] = (1280, 720), *, motion: str = "reduce",
              scheme: str = "light", quiet: bool = True) -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True,
                                      reduced_motion=motion, color_scheme=scheme, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        if quiet:
            page.on("console", lambda message: said.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: said.append(f"error: {error}"))
            page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
            page.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:"))
                    or said.append(f"request: {request.url}"))
        page.goto(f"{file.as_uri()}{'#' + view if view else ''}")
        page.wait_for_function("() => document.querySelectorAll('g.line').length > 0")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture(scope="session")
def before() -> er.Plan:
    """Two ways out, twelve months."""
    return er.solve(er.load(TWO_WAYS))


@pytest.fixture(scope="session")
def after(before: er.Plan) -> er.Plan:
    """The same with the western pipeline at 60 % in March and April."""
    return er.solve(before.case.outage("HUB_PORT", ["2024-03", "2024-04"], 0.6))


@pytest.fixture(scope="session")
def pair(before: er.Plan, after: er.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of both."""
    return write_page(before, tmp_path_factory.mktemp("pair") / "pair.html", other=after)
