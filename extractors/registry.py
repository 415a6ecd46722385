"""Where extractors register: one decorator, one list."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from models.document import Candidate, Document

Find = Callable[[Document], Iterator[Candidate]]


@dataclass(frozen=True, slots=True)
class Extractor:
    """One registered extractor; raise `version` whenever its output changes."""

    name: str
    version: int
    find: Find
    module: str


_REGISTRY: dict[str, Extractor] = {}


def extractor(name: str, *, version: int) -> Callable[[Find], Find]:
    """Register the decorated function under `name`; a second one of that name raises ValueError at import."""

    def register(find: Find) -> Find:
        if name in _REGISTRY:
            raise ValueError(f"extractor {name!r} is registered by {_REGISTRY[name].module} already")
        _REGISTRY[name] = Extractor(name, version, find, find.__module__)
        return find

    return register


def all_extractors() -> tuple[Extractor, ...]:
    """Every extractor, sorted by name; imports the packages that hold them on first use."""
    for package in ("extractors.fields", "extractors.citations", "extractors.tables"):
        home = importlib.import_module(package)
        for module in sorted(pkgutil.iter_modules(home.__path__), key=lambda m: m.name):
            importlib.import_module(f"{package}.{module.name}")
    return tuple(_REGISTRY[name] for name in sorted(_REGISTRY))


def versions() -> str:
    """One short string that changes when any extractor does, e.g. "citations:3 date:1"."""
    return " ".join(f"{e.name}:{e.version}" for e in all_extractors())
