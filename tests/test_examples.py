"""Every extractor's own examples: text in, values out; figures of the date line are checked through the whole date."""

from __future__ import annotations

import importlib

import pytest

from extractors.registry import Extractor, all_extractors
from tests.documents import from_text, shown

# Votes on single figures, which other candidates of the same extractor sum up.
_PARTS = {"day", "month", "year"}


def _cases() -> list[tuple[Extractor, str, list[str]]]:
    cases = []
    for extractor in all_extractors():
        examples = getattr(importlib.import_module(extractor.module), "EXAMPLES", {})
        cases += [(extractor, text, list(values)) for text, values in examples.items()]
    return cases


@pytest.mark.parametrize(
    ("extractor", "text", "values"), _cases(), ids=lambda x: getattr(x, "name", None) or str(x)[:40]
)
def test_example(extractor: Extractor, text: str, values: list[str]) -> None:
    found = []
    for candidate in extractor.find(from_text(text)):
        if candidate.field not in _PARTS:
            label = "" if candidate.field.rstrip("s") == extractor.name.rstrip("s") else f"{candidate.field}: "
            found.append(f"{label}{shown(candidate.value)}")
    assert found == values


@pytest.mark.parametrize("extractor", [e for e in all_extractors() if ".fields." in e.module], ids=lambda e: e.name)
def test_every_field_has_examples_for_and_against(extractor: Extractor) -> None:
    examples = importlib.import_module(extractor.module).EXAMPLES
    assert any(values for values in examples.values())
    assert any(not values for values in examples.values())
