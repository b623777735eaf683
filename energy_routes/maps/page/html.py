"""One self-contained HTML file from the page's content, its scripts and its styles.

The scripts are ES modules in ``web/js``, readable and linted as they stand.  A browser will not load modules from
disk, so they are joined into one classic script: each module becomes a function that returns what it exports, in the
order that its imports ask for.  Comments of whole lines stay behind in the sources.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
SCRIPTS = HERE / "web" / "js"
STYLES = ("colours", "page", "map", "print")
LIVE = "live"  # the module that a page that solves begins with, and the style that it adds
IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./(\w+)\.js";\n', re.M)
REMARK = re.compile(r"^[ \t]*/\*\*.*?\*/\n", re.M | re.S)
EXPORT = re.compile(r"^export (?=(?:async )?(?:const|function|class)\b)", re.M)
NAMES = re.compile(r"^export (?:async )?(?:const|function|class) (?:(\w+)|\{([^}]*)\})", re.M)


@dataclass(frozen=True)
class Parts:
    """What a page solves with: texts that it holds beside its content, by name, and the script that is in one."""

    held: Mapping[str, str]
    script: str  # as the page runs it, in a worker and in its own thread


def render(content: Mapping[str, Any], lang: str = "en", parts: Parts | None = None) -> str:
    """The page as text; the same content gives the same text.  With ``parts`` it solves."""
    scripts = [(HERE / "vendor" / "d3.min.js").read_text("utf-8"), joined(LIVE) if parts else joined()]
    data = as_json(content)
    safe = [_safe(text) for text in scripts]
    later = [parts.script] if parts else []
    held = {name: _safe(text) for name, text in parts.held.items()} if parts else {}
    style = "\n".join((HERE / "web" / f"{name}.css").read_text("utf-8")
                      for name in ((*STYLES, LIVE) if parts else STYLES))
    return _template().render(content=content, lang=lang, w=content["words"], data=data, scripts=safe, style=style,
                              parts=held, policy=_policy([*safe, *later], style, solves=bool(held)))


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(HERE / "web"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("page.html.j2")


def _safe(script: str) -> str:
    """A script that may stand in its element: what would end it early is written otherwise."""
    return script.replace("</", "<\\/").replace("<!--", "<\\!--")


def as_json(content: Any) -> str:
    """JSON that may stand in a script element: no '<', NaN and infinity as null."""
    text = json.dumps(_finite(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)


@cache
def joined(first: str = "main", folder: Path = SCRIPTS) -> str:
    """A module of a folder and all that it imports, from there or from the page's own, as one classic script."""
    done: dict[str, str] = {}
    _add(first, folder, done)
    return '(() => {\n"use strict";\n' + "\n".join(done.values()) + "})();\n"


def _add(name: str, folder: Path, done: dict[str, str]) -> None:
    """A module and those that it imports, lowest first."""
    file = folder / f"{name}.js"
    text = REMARK.sub("", (file if file.is_file() else SCRIPTS / file.name).read_text("utf-8"))
    for _, other in IMPORT.findall(text):
        if other not in done:
            _add(other, folder, done)
    done[name] = _wrapped(name, text)


def _wrapped(name: str, text: str) -> str:
    exported = [part for one, many in NAMES.findall(text) for part in ([one] if one else _listed(many))]
    body = EXPORT.sub("", IMPORT.sub(_taken, text))
    return f"const ${name} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();\n"


def _taken(found: re.Match[str]) -> str:
    """``import { a, b as c } from "./x.js";`` as ``const { a, b: c } = $x;``"""
    return f"const {{ {', '.join(name.replace(' as ', ': ') for name in _listed(found[1]))} }} = ${found[2]};\n"


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _policy(scripts: list[str], style: str, *, solves: bool = False) -> str:
    """A content-security policy under which the page can load nothing and call nobody: it runs these scripts only.

    A page that ``solves`` may compile WebAssembly, and start a worker that is made of what it holds itself.
    """
    hashes = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    more = (" 'wasm-unsafe-eval'", " worker-src blob:;") if solves else ("", "")
    return (f"default-src 'none'; script-src {hashes}{more[0]};{more[1]} style-src 'sha256-{_digest(style)}'; "
            "img-src data: blob:; base-uri 'none'; form-action 'none'")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
