"""Rows of letters and what was found in them; see `models.tables`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.table_base import Base


class SourceRow(Base):
    """One input file by its bytes; `status` is stored, quarantined, failed or retriable."""

    __tablename__ = "sources"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    path: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=1)
    read_by: Mapped[str | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class DecisionRow(Base):
    """A known document: held (some letter points here) or only cited, a stub. Derived, see `pipeline.link`."""

    __tablename__ = "decisions"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    link_key: Mapped[str] = mapped_column(index=True)
    number: Mapped[str | None]
    number_folded: Mapped[str | None] = mapped_column(index=True)
    issuer: Mapped[str | None]
    issuer_key: Mapped[str | None]
    year: Mapped[int | None]
    issued_on: Mapped[date | None]
    doc_type: Mapped[str | None] = mapped_column(String(16))
    title: Mapped[str | None]
    held: Mapped[bool] = mapped_column(index=True)


class LetterRow(Base):
    """One letter; the columns beside the keys repeat field values so that lists need no join.

    `reviewed` is false where `review` names a field that a person has not looked at yet.
    """

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_source", "source_sha256", "first_page"),)

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    source_sha256: Mapped[str] = mapped_column(ForeignKey("sources.sha256"))
    first_page: Mapped[int]
    last_page: Mapped[int]
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decisions.id"), index=True)
    link_key: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    number: Mapped[str | None]
    number_folded: Mapped[str | None] = mapped_column(index=True)
    number_sure: Mapped[bool]
    number_year: Mapped[int | None]
    issued_on: Mapped[date | None] = mapped_column(index=True)
    issuer: Mapped[str | None]
    issuer_key: Mapped[str | None] = mapped_column(index=True)
    host: Mapped[str | None]
    doc_type: Mapped[str | None] = mapped_column(String(16), index=True)
    subject: Mapped[str | None]
    secrecy: Mapped[str | None]
    review: Mapped[list[Any]]
    reviewed: Mapped[bool] = mapped_column(index=True)
    stored_at: Mapped[datetime]


class PageRow(Base):
    """One page: what it is like and what was read on it."""

    __tablename__ = "pages"

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    width: Mapped[float]
    height: Mapped[float]
    rotation: Mapped[int]
    skew: Mapped[float]
    text_origin: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float]
    text: Mapped[str]


class ReadingRow(Base):
    """The recorded reading of a letter's pages, with words and boxes: compressed JSON of `pipeline.record`."""

    __tablename__ = "readings"

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)


# What is understood of a field may be as long as a page, which no index takes.
SHORT = text("length(text) <= 300")


class FieldRow(Base):
    """One field value as extracted; lists have one row per item. `text` is the value in plain words."""

    __tablename__ = "letter_fields"
    __table_args__ = (
        Index("ix_letter_fields_short", "field", "text", sqlite_where=SHORT, postgresql_where=SHORT),
        Index(
            "ix_letter_fields_doubtful",
            "letter_id",
            "field",
            "confidence",
            sqlite_where=text("review = 1"),
            postgresql_where=text("review"),
        ),
    )

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    text: Mapped[str]
    raw: Mapped[str]
    confidence: Mapped[float]
    page: Mapped[int | None]
    bbox: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    witnesses: Mapped[list[Any]]
    review: Mapped[bool]


class ConfirmedRow(Base):
    """What a person said about a field; kept apart, so that no reading ever overwrites it. Null: there is none."""

    __tablename__ = "confirmed_values"

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    confirmed_by: Mapped[str]
    confirmed_at: Mapped[datetime]


class CitationRow(Base):
    """One other document that a letter cites, and what linking made of it."""

    __tablename__ = "citations"
    __table_args__ = (Index("ix_citations_decision_letter", "decision_id", "letter_id"),)

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    link_key: Mapped[str | None] = mapped_column(index=True)
    number: Mapped[str | None]
    number_year: Mapped[int | None]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    issuer_key: Mapped[str | None]
    doc_type: Mapped[str | None] = mapped_column(String(16))
    title: Mapped[str | None]
    relation: Mapped[str] = mapped_column(String(24))
    confidence: Mapped[float]
    status: Mapped[str] = mapped_column(String(12), index=True)
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decisions.id"))
    candidates: Mapped[list[Any]]
    record: Mapped[dict[str, Any]]


class StatedActRow(Base):
    """A relation between two documents that a letter cites, as it says: "Nghị định A sửa đổi Nghị định B".

    `source_id` and `target_id` follow what links make of the two citations; kept here so that they are found at once.
    """

    __tablename__ = "stated_acts"
    # A hundred thousand letters name one pair: the indexes answer without the rows.
    __table_args__ = (
        Index("ix_stated_acts_source", "source_id", "target_id", "relation", "letter_id"),
        Index("ix_stated_acts_target", "target_id", "source_id", "relation", "letter_id"),
    )

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    actor: Mapped[int] = mapped_column(primary_key=True)
    citation: Mapped[int] = mapped_column(primary_key=True)
    relation: Mapped[str] = mapped_column(String(24), primary_key=True)
    source_id: Mapped[str | None] = mapped_column(String(20))
    target_id: Mapped[str | None] = mapped_column(String(20))


class MentionRow(Base):
    """One place where a citation stands in its letter."""

    __tablename__ = "mentions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "citation"], ["citations.letter_id", "citations.ordinal"], ondelete="CASCADE"
        ),
    )

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    citation: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    page: Mapped[int]
    bbox: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    line: Mapped[int | None]
    span_start: Mapped[int | None]
    span_end: Mapped[int | None]


class TableRow(Base):
    """A table of a letter; `columns` are header paths."""

    __tablename__ = "letter_tables"

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    unit: Mapped[str | None]
    pages: Mapped[list[Any]]
    columns: Mapped[list[Any]]
    rows: Mapped[int]
    bbox: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))


class CellRow(Base):
    """One filled or empty cell of a table's body."""

    __tablename__ = "table_cells"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "table"], ["letter_tables.letter_id", "letter_tables.ordinal"], ondelete="CASCADE"
        ),
    )

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    table: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class ProjectRow(Base):
    """One row of a project table."""

    __tablename__ = "projects"

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    section: Mapped[str | None]
    label: Mapped[str | None]
    location: Mapped[str | None]
    start_year: Mapped[int | None]
    end_year: Mapped[int | None]
    decisions: Mapped[list[Any]]


class AmountRow(Base):
    """One figure of a project; `vnd` in đồng."""

    __tablename__ = "project_amounts"
    __table_args__ = (
        ForeignKeyConstraint(["letter_id", "project"], ["projects.letter_id", "projects.ordinal"], ondelete="CASCADE"),
    )

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    project: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str]
    source: Mapped[str | None]
    period: Mapped[str | None]
    value: Mapped[str]
    vnd: Mapped[int | None] = mapped_column(BigInteger, index=True)


class FindingRow(Base):
    """A flag (something a person should know) or a problem (something that went wrong while reading)."""

    __tablename__ = "findings"

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    message: Mapped[str]
    page: Mapped[int | None]
    bbox: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))


class TextRow(Base):
    """A letter's whole text folded for search; the full-text index of each database is built on `folded`."""

    __tablename__ = "letter_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), unique=True)
    folded: Mapped[str]


class StaleRow(Base):
    """A link key whose links must be decided anew; written with the letter, deleted with the decision."""

    __tablename__ = "stale_links"

    link_key: Mapped[str] = mapped_column(primary_key=True)


class AuthorityRow(Base):
    """A body of the State or the Party in one span of time; `ordinal` is its place in the project's list.

    `key` is stable ("bkhdt"); `code` is what its symbols use, "" for a body known by its name only.
    """

    __tablename__ = "authorities"

    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor: Mapped[str | None]
    source: Mapped[str]
