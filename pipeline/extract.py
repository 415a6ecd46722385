"""Document to Document: every extractor adds its candidates; one that crashes costs its field, not the letter."""

from __future__ import annotations

import dataclasses

from extractors.registry import all_extractors
from models.document import Candidate, Document, Problem


def extract(document: Document, *, strict: bool = False) -> Document:
    """The document with the candidates of all extractors, by name.

    With `strict` an extractor's exception passes, as tests want it; otherwise it becomes a Problem.
    """
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for extractor in all_extractors():
        try:
            candidates += extractor.find(document)
        except Exception as error:
            if strict:
                raise
            problems.append(Problem("extractor_failed", f"{extractor.name}: {type(error).__name__}: {error}"))
    return dataclasses.replace(
        document,
        candidates=(*document.candidates, *candidates),
        problems=(*document.problems, *problems),
    )
