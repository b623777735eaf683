"""Where the bundled data packs and models live.

In a wheel they travel inside the package (``energy_routes/_share``); in a checkout or an unpacked sdist they are the
top-level folders ``data`` and ``models``.  Everything else asks here and never builds such a path itself.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.pack.files.text import printable, there
from energy_routes.pack.suggest import nearest

_PACKAGE = Path(__file__).resolve().parent.parent
_ROOTS = (_PACKAGE / "_share", _PACKAGE.parent)


def installed(package: str) -> str | None:
    """The version of a package; None where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # it takes longer than the list of verbs

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def pack_names() -> tuple[str, ...]:
    """Names of the bundled data packs, sorted."""
    return tuple(sorted(path.parent.name for path in _folder("data").glob("*/pack.toml")))


def model_names() -> tuple[str, ...]:
    """Names of the bundled models, sorted."""
    return tuple(sorted(path.stem for path in _folder("models").glob("*.toml")))


def aliases() -> dict[str, tuple[str, str]]:
    """Further names of bundled models, each with its model and the scenario of it that the name means."""
    return {
        alias: (name, scenario)
        for name in model_names()
        for alias, scenario in tomllib.loads(model_path(name).read_text("utf-8")).get("aliases", {}).items()
    }


def model_of(name: str) -> tuple[str, tuple[str, ...]]:
    """The bundled model that a name or an alias means, and the scenarios to lay over it.

    Raises UsageError, offering the nearest name, when there is none.
    """
    if name in model_names():
        return name, ()
    known = aliases()
    if name in known:
        return known[name][0], known[name][1:]
    raise _unknown("model", name, (*model_names(), *known))


def pack_path(name: str) -> Path:
    """Folder of the bundled data pack ``name``.

    Raises UsageError, offering the nearest name, when there is none.
    """
    if name not in pack_names():
        raise _unknown("data pack", name, pack_names())
    return _folder("data") / name


def model_path(name: str) -> Path:
    """The ``.toml`` file of the bundled model ``name``.

    Raises UsageError, offering the nearest name, when there is none.
    """
    if name not in model_names():
        raise _unknown("model", name, model_names())
    return _folder("models") / f"{name}.toml"


def data_path(name: str) -> Path:
    """A folder of bundled data, pack or not: ``data_path("basemap")`` is what maps are drawn on.

    Raises UsageError, offering the nearest name, when there is none.
    """
    known = tuple(sorted(path.name for path in _folder("data").glob("*") if path.is_dir()))
    if name not in known:
        raise _unknown("data folder", name, known)
    return _folder("data") / name


def _folder(kind: str) -> Path:
    """The folder of ``kind`` (data or models); the checkout's, possibly absent, when no wheel put one inside."""
    return next((root / kind for root in _ROOTS if (root / kind).is_dir()), _ROOTS[-1] / kind)


def _unknown(what: str, name: str, known: tuple[str, ...]) -> UsageError:
    if what == "model" and there(Path(f"{name}.toml")):
        own = printable(name)
        return UsageError(f"no model called {own!r}. A file of your own is named with its suffix: {own}.toml.")
    offer = nearest(name[:200], known)
    names = f"There are: {', '.join(known)}." if known else "None is installed: reinstall energy-routes."
    return UsageError(" ".join(part for part in (f"no {what} called {printable(name)!r}.", offer, names) if part))
