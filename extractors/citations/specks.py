"""Specks of dirt that a reader took for a figure before a number: much lower than the figures beside them."""

from __future__ import annotations

import dataclasses
import re

from extractors import flow
from extractors.citations.mentions import Found
from extractors.flow import Flow
from models.document import Document

_SPLIT = re.compile(r"\d{1,2}\s(?=\d)")
_LOW = 0.6  # of the height of the figures that follow; full figures and their halves are equally high


def wiped(document: Document, text: Flow, mention: Found) -> Found:
    """The mention without a leading "figure" that is a speck; a true figure that stands apart is kept."""
    match = _SPLIT.match(text.text, mention.number_start)
    if match is None or mention.number is None:
        return mention
    speck = flow.box(document, text.evidence(match.start(), match.end() - 1))
    rest = flow.box(document, text.evidence(match.end(), match.end() + 1))
    if speck is None or rest is None or speck.height > _LOW * rest.height:
        return mention
    lead = match.end() - match.start() - 1
    number = dataclasses.replace(mention.number, serial=mention.number.serial[lead:])
    return mention._replace(number=number, number_start=match.end())
