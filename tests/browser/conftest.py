"""A headless Chromium that may reach nothing, and the pages that the tests open in it from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from toy_maps import write_page

import energy_routes as er

TWO_WAYS = Path(__file__).parent.parent / "two_ways" / "model.toml"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first has no windows to draw
Open = Callable[..., Any]
numbers = count()


def _chromium() -> str | None:
    """The browser of this machine; CHROMIUM names another."""
    return next(filter(None, (shutil.which(name) for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests of a worker."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = _chromium()
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium-headless-shell, or name one in CHROMIUM")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def context(browser: Any) -> Iterator[Any]:
    """What the pages of a worker share; they keep nothing of their own beside their address."""
    made = browser.new_context(offline=True, accept_downloads=True, reduced_motion="reduce")
    yield made
    made.close()


@pytest.fixture(scope="session")
def idle() -> list[Any]:
    """Pages that no test uses now: each has a process, whose start costs three times what drawing a map does."""
    return []


@pytest.fixture
def open_page(context: Any, idle: list[Any]) -> Iterator[Open]:
    """Open a file (and a view in its address); fails on any request, error or word on the console."""
    used: list[Any] = []
    said: list[str] = []
    heard = {
        "console": lambda message: said.append(f"console: {message.text}"),
        "weberror": lambda error: said.append(f"error: {error.error}"),
        "dialog": lambda dialog: said.append(f"dialog: {dialog.message}"),
        "request": lambda request: request.url.startswith(("file:", "data:", "blob:"))
        or said.append(f"request: {request.url}"),
    }

    def open_(file: Path, view: str = "", size: tuple[int, int] = (1280, 720), *, motion: str = "reduce",
              scheme: str = "light", quiet: bool = True) -> Any:
        page = idle.pop() if idle else context.new_page()
        used.append(page)
        page.bring_to_front()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(media="null", reduced_motion=motion, color_scheme=scheme)
        while heard and not quiet:
            context.remove_listener(*heard.popitem())
        page.goto(f"{file.as_uri()}?{next(numbers)}{'#' + view if view else ''}")  # another view alone loads nothing
        page.wait_for_function("() => document.querySelectorAll('g.line').length > 0")
        return page

    for event, hear in heard.items():
        context.on(event, hear)
    yield open_
    for event, hear in heard.items():
        context.remove_listener(event, hear)
    idle.extend(used)
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
def page_in(before: er.Plan, after: er.Plan, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The page of both plans, or of the first alone, in a language; each is written once."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def written(lang: str, *, alone: bool = False) -> Path:
        return write_page(before, folder / f"{lang}-{alone}.html", other=None if alone else after, lang=lang)

    return written


@pytest.fixture(scope="session")
def pair(page_in: Callable[..., Path]) -> Path:
    """The page of both in English."""
    return page_in("en")
