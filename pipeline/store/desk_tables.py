"""Tables of the screens: accounts, sessions, tokens, the audit log, and what people did to letters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Base, LetterRow


class AccountRow(Base):
    """One person who may log in; `cleared` for letters with a secrecy mark."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    cleared: Mapped[bool] = mapped_column(default=False)
    password: Mapped[str]
    must_change: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class WebSessionRow(Base):
    """One log-in; only the digest of the cookie's secret is kept."""

    __tablename__ = "web_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    started: Mapped[datetime]
    last_seen: Mapped[datetime]


class TokenRow(Base):
    """A key to the programming interface with its scopes; only the digest is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked: Mapped[bool] = mapped_column(default=False)


class LoginAttemptRow(Base):
    """One failed log-in, for the limit on guessing."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """Who did what; triggers refuse to change or delete a row."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    action: Mapped[str] = mapped_column(String(40), index=True)
    letter_id: Mapped[str | None] = mapped_column(String(24), index=True)
    detail: Mapped[dict[str, Any]]


class CorrectionRow(Base):
    """One act of a person on a letter: old and new value, who, when; kept for ever, triggers refuse changes.

    `action` is take, correct, absent, reject, choose, renumber, merge, alike, split, join, letter or undo; `undoes` the
    act taken back; acts of one `batch` were one act of the person on several letters.
    `before` and `after` hold what the act must know to be taken back, `machine` what the program read at that time.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[str] = mapped_column(String(24), index=True)
    action: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(20))
    ordinal: Mapped[int]
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    machine: Mapped[Any] = mapped_column(JSON)
    who: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("corrections.id"))
    batch: Mapped[str | None] = mapped_column(String(32))


class ChoiceRow(Base):
    """What a person said about a citation; applied again after every reading and every linking.

    `citation` is the citation's link key and date as the program reads them; `kind` is link, reject or renumber. With
    another number may come the day and the body of the document that is meant.
    """

    __tablename__ = "citation_choices"

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    citation: Mapped[str] = mapped_column(primary_key=True)
    link_key: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(8))
    decision_id: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    who: Mapped[str]
    at: Mapped[datetime]


class SaidCellRow(Base):
    """A table cell as a person corrected it; holds for as long as the program reads `read` there."""

    __tablename__ = "said_cells"

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    table: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[int] = mapped_column(primary_key=True)
    read: Mapped[str]
    said: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]


class SaidStartsRow(Base):
    """The pages of a file on which a person says that its letters begin."""

    __tablename__ = "said_starts"

    source_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    starts: Mapped[list[int]] = mapped_column(JSON)
    who: Mapped[str]
    at: Mapped[datetime]


class LetterReviewRow(Base):
    """A letter that a person has confirmed as a whole; `sampled` if it came from the sample of accepted letters."""

    __tablename__ = "letter_reviews"

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    who: Mapped[str]
    at: Mapped[datetime]
    sampled: Mapped[bool]
    wrong: Mapped[int]
    checked: Mapped[int]


class LetterLockRow(Base):
    """Who is looking at a letter just now."""

    __tablename__ = "letter_locks"

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    who: Mapped[str]
    until: Mapped[datetime]


class SampleRow(Base):
    """A letter accepted without review that was drawn into the queue by chance."""

    __tablename__ = "review_samples"

    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    drawn_at: Mapped[datetime]


# Asked at the start of every restricted look at the store: which letters are secret. A handful among thousands.
Index(
    "ix_letters_secret",
    LetterRow.__table__.c.id,
    sqlite_where=LetterRow.__table__.c.secrecy.is_not(None),
    postgresql_where=LetterRow.__table__.c.secrecy.is_not(None),
)

# The tables of the letters and of the screens together; what migrations are compared with.
METADATA = Base.metadata
