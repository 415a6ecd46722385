"""The whole error tree.

CongvanError             exit 1      a bug, or any other error
  ParseError             (ValueError) a text that is not the value asked for
    InvalidDocumentNumber
    InvalidDate
    InvalidQuery         exit 2      what was typed into the search box
  ConfigError            exit 2      bad option or configuration
  MissingDependency      exit 3      Tesseract, its `vie` data or a model is absent; no document was touched
  InputError             exit 4      the file itself; carries one of the stable quarantine reasons
  TransientError         exit 5      engine crashed or timed out, disk full, database unreachable: run again
  LockedError            exit 6      another run holds the lock
  IntegrityError         exit 7      `check` found faults
"""

from __future__ import annotations

from typing import ClassVar

# Quarantine reasons are stable: scripts of archivists match on them. Each says what to do next.
REASONS = {
    "empty_file": "the file has no bytes: ask for it again",
    "not_a_document": "neither PDF, TIFF, JPEG, PNG nor text: check what was sent",
    "encrypted": "the file needs a password: remove the password and ingest again",
    "damaged": "the file cannot be opened: ask for an undamaged copy",
    "too_large": "the file or a page exceeds the size limit: raise the limit or split the file",
    "too_many_pages": "the file has more pages than the limit: raise the limit or split the file",
    "no_text_found": "nothing could be read on any page: check the scan",
    "secret_document": "the letter carries a secrecy mark: register it under the rules for state secrets",
    "timed_out": "reading took longer than the limit: raise the limit or look at the file",
    "crashed_reader": "the reader died on this file every time: look at the file",
    "set_aside_by_hand": "a person took it for no letter of ours: release it or discard it",
    "unsupported_format": "this format is recognised but not read: convert it to PDF",
}


class CongvanError(Exception):
    """Root of all errors of this program."""

    exit_code: ClassVar[int] = 1


class ParseError(CongvanError, ValueError):
    """A text is not the value that was asked for."""


class InvalidDocumentNumber(ParseError):
    """Not a document number."""


class InvalidDate(ParseError):
    """Not a calendar date."""


class InvalidQuery(ParseError):
    """A search that cannot be understood; says what to type."""

    exit_code = 2


class ConfigError(CongvanError):
    """A bad option or configuration."""

    exit_code = 2


class MissingDependency(CongvanError):
    """Something needed is not installed; the message says how to install it."""

    exit_code = 3


class InputError(CongvanError):
    """A file that cannot become a letter.

    Attributes:
        reason: A key of `REASONS`.
    """

    exit_code = 4

    def __init__(self, reason: str, detail: str = "") -> None:
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}")
        self.reason = reason
        self.detail = detail
        super().__init__(f"{REASONS[reason]} ({detail})" if detail else REASONS[reason])


class TransientError(CongvanError):
    """Temporary trouble: the same call may succeed later."""

    exit_code = 5


class LockedError(CongvanError):
    """Another run holds the lock."""

    exit_code = 6


class IntegrityError(CongvanError):
    """The store and the files do not agree."""

    exit_code = 7
