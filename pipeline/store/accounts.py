"""Who may log in, with which role and keys; and the audit log, which only grows."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models.errors import ConfigError
from pipeline.store.desk_tables import AccountRow, AuditRow, TokenRow, WebSessionRow

Scope = Callable[[], AbstractContextManager[Session]]

ROLES = ("reader", "archivist", "administrator")  # each may do all that the ones before it may
SCOPES = ("read", "review", "operate")
FEED = "feed:"  # scope of a token that opens one feed and nothing else
SHORTEST_PASSWORD = 12
_NAME = re.compile(r"[\w.@-]{2,64}")
TOKEN_DAYS = 365


@dataclass(frozen=True, slots=True)
class Account:
    """A person; `cleared` for letters with a secrecy mark, `must_change` the password at the next log-in."""

    id: int
    name: str
    role: str
    cleared: bool
    must_change: bool
    active: bool

    def may(self, role: str) -> bool:
        """Whether this account's role includes `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Token:
    """A key to the programming interface, without its secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked: bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log."""

    id: int
    at: datetime
    who: str
    action: str
    letter_id: str | None
    detail: dict[str, Any]


def digest(secret: str) -> str:
    """What is stored of a cookie or token: useless to whoever reads the database."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """The part of the store that knows people."""

    def __init__(self, writes: Scope, reads: Scope, hasher: PasswordHasher | None = None) -> None:
        self._writes = writes
        self._reads = reads
        self._hasher = hasher or PasswordHasher()
        # Checked when nobody has the name, so that the answer takes as long as for a wrong password.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def first_password(self, now: datetime) -> str | None:
        """Where there is no account yet, make the administrator `admin`; the password, to be told once and changed."""
        with self._writes() as session:
            if session.scalar(select(func.count()).select_from(AccountRow)):
                return None
            password = secrets.token_urlsafe(12)
            session.add(self._row("admin", "administrator", password, now))
            _note(session, now, "system", "account_created", None, {"name": "admin", "role": "administrator"})
            return password

    def create(self, name: str, role: str, by: str, now: datetime) -> str:
        """Make an account; its first password, to be changed at the first log-in.

        Raises:
            ConfigError: if the name is taken or not of letters, digits and .@-, or there is no such role.
        """
        if not _NAME.fullmatch(name) or role not in ROLES:
            raise ConfigError(f"a name has 2 to 64 letters, digits or .@-_, a role is one of {', '.join(ROLES)}")
        password = secrets.token_urlsafe(12)
        with self._writes() as session:
            if session.scalar(select(AccountRow.id).where(AccountRow.name == name)) is not None:
                raise ConfigError(f"there is an account {name!r} already")
            session.add(self._row(name, role, password, now))
            _note(session, now, by, "account_created", None, {"name": name, "role": role})
        return password

    def _row(self, name: str, role: str, password: str, now: datetime) -> AccountRow:
        hashed = self._hasher.hash(password)
        return AccountRow(
            name=name, role=role, cleared=False, password=hashed, must_change=True, active=True, created_at=now
        )

    def check(self, name: str, password: str) -> Account | None:
        """The account, if name and password are right and it is active."""
        with self._reads() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.name == name))
            known = row.password if row else self._nobody
            account = _account(row) if row else None
        try:
            self._hasher.verify(known, password)
        except (Argon2Error, InvalidHashError):
            return None
        return account if account and account.active else None

    def change_password(self, account: Account, password: str, now: datetime) -> None:
        """Set a new password; every session of the account ends.

        Raises:
            ConfigError: if it is too short.
        """
        if len(password) < SHORTEST_PASSWORD:
            raise ConfigError(f"a password has at least {SHORTEST_PASSWORD} characters")
        hashed = self._hasher.hash(password)
        with self._writes() as session:
            row = session.get_one(AccountRow, account.id)
            row.password, row.must_change = hashed, False
            session.execute(delete(WebSessionRow).where(WebSessionRow.account_id == account.id))
            _note(session, now, account.name, "password_changed", None, {})

    def reset_password(self, name: str, by: str, now: datetime) -> str:
        """Give the account a new first password; its sessions end.

        Raises:
            ConfigError: if there is no such account.
        """
        password = secrets.token_urlsafe(12)
        hashed = self._hasher.hash(password)
        with self._writes() as session:
            row = _named(session, name)
            row.password, row.must_change = hashed, True
            session.execute(delete(WebSessionRow).where(WebSessionRow.account_id == row.id))
            _note(session, now, by, "password_reset", None, {"name": name})
        return password

    def change(self, name: str, *, role: str, cleared: bool, active: bool, by: str, now: datetime) -> None:
        """Set what an account may do.

        Raises:
            ConfigError: if there is no such account or role, or no active administrator would be left.
        """
        if role not in ROLES:
            raise ConfigError(f"a role is one of {', '.join(ROLES)}")
        with self._writes() as session:
            row = _named(session, name)
            led = row.role == "administrator"
            row.role, row.cleared, row.active = role, cleared, active
            session.flush()
            left = select(func.count()).where(AccountRow.role == "administrator", AccountRow.active)
            if led and not session.scalar(left):
                raise ConfigError("the last administrator stays one")
            if not active:
                session.execute(delete(WebSessionRow).where(WebSessionRow.account_id == row.id))
            _note(session, now, by, "account_changed", None, {"name": name, "role": role, "cleared": cleared})

    def all(self) -> tuple[Account, ...]:
        """All accounts by name."""
        with self._reads() as session:
            return tuple(map(_account, session.scalars(select(AccountRow).order_by(AccountRow.name))))

    def get(self, account_id: int) -> Account | None:
        """The account with this id."""
        with self._reads() as session:
            row = session.get(AccountRow, account_id)
            return _account(row) if row else None

    # Keys to the programming interface

    def make_token(self, account: Account, name: str, scopes: Sequence[str], now: datetime) -> str:
        """A new key for a program of this account; told once.

        Raises:
            ConfigError: if a scope is unknown.
        """
        if not scopes or not set(scopes) <= set(SCOPES):
            raise ConfigError(f"a token has scopes among {', '.join(SCOPES)}")
        return self._token(account, name, scopes, now)

    def make_feed(self, account: Account, query: int, now: datetime) -> str:
        """The secret of a saved query's feed, told once; it opens that feed alone, and an older one nothing more."""
        self.withdraw_feed(account, query, now)
        return self._token(account, f"feed {query}", [f"{FEED}{query}"], now)

    def withdraw_feed(self, account: Account, query: int, now: datetime) -> None:
        """Close the feed of a saved query."""
        for token in self.tokens(account):
            if token.scopes == (f"{FEED}{query}",) and not token.revoked:
                self.revoke_token(account, token.id, now)

    def feed(self, secret: str, now: datetime) -> tuple[Account, int] | None:
        """Whose saved query a feed's secret opens; None if it opens none."""
        found = self.by_token(secret, now)
        if found is None or len(found[1]) != 1 or not found[1][0].startswith(FEED):
            return None
        return found[0], int(found[1][0].removeprefix(FEED))

    def _token(self, account: Account, name: str, scopes: Sequence[str], now: datetime) -> str:
        secret = "cv_" + secrets.token_urlsafe(32)
        with self._writes() as session:
            row = TokenRow(digest=digest(secret), account_id=account.id, name=name, scopes=sorted(set(scopes)))
            row.created_at, row.expires_at, row.revoked = now, now + timedelta(days=TOKEN_DAYS), False
            session.add(row)
            _note(session, now, account.name, "token_created", None, {"name": name, "scopes": sorted(set(scopes))})
        return secret

    def by_token(self, secret: str, now: datetime) -> tuple[Account, tuple[str, ...]] | None:
        """The account and scopes of a key; None if it is unknown, expired or revoked."""
        with self._reads() as session:
            query = select(AccountRow, TokenRow).join(TokenRow, TokenRow.account_id == AccountRow.id)
            query = query.where(TokenRow.digest == digest(secret), TokenRow.expires_at > now, ~TokenRow.revoked)
            found = session.execute(query.where(AccountRow.active)).first()
            return (_account(found[0]), tuple(found[1].scopes)) if found else None

    def tokens(self, account: Account) -> tuple[Token, ...]:
        """The keys of an account, newest first."""
        with self._reads() as session:
            query = select(TokenRow).where(TokenRow.account_id == account.id).order_by(TokenRow.id.desc())
            return tuple(
                Token(row.id, row.name, tuple(row.scopes), row.created_at, row.expires_at, row.revoked)
                for row in session.scalars(query)
            )

    def revoke_token(self, account: Account, token: int, now: datetime) -> None:
        """Make one of the account's own keys useless; another's stays."""
        with self._writes() as session:
            own = (TokenRow.id == token, TokenRow.account_id == account.id)
            session.execute(update(TokenRow).where(*own).values(revoked=True))
            _note(session, now, account.name, "token_revoked", None, {"token": token})

    # The audit log

    def note(self, now: datetime, who: str, action: str, letter_id: str | None = None, **detail: Any) -> None:
        """Write a line into the audit log."""
        with self._writes() as session:
            _note(session, now, who, action, letter_id, detail)

    def audit(self, *, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The latest lines, newest first; older than line `before` if given."""
        with self._reads() as session:
            query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
            if before is not None:
                query = query.where(AuditRow.id < before)
            return tuple(
                AuditEntry(row.id, row.at, row.who, row.action, row.letter_id, row.detail)
                for row in session.scalars(query)
            )


def _note(
    session: Session, now: datetime, who: str, action: str, letter_id: str | None, detail: Mapping[str, Any]
) -> None:
    session.add(AuditRow(at=now, who=who, action=action, letter_id=letter_id, detail=dict(detail)))


def _named(session: Session, name: str) -> AccountRow:
    row = session.scalar(select(AccountRow).where(AccountRow.name == name))
    if row is None:
        raise ConfigError(f"no account is called {name!r}")
    return row


def _account(row: AccountRow) -> Account:
    return Account(row.id, row.name, row.role, row.cleared, row.must_change, row.active)
