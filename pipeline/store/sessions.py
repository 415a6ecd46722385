"""Log-ins: sessions kept in the store, and the limit on guessing passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from pipeline.store.accounts import Account, Accounts, Scope, digest
from pipeline.store.desk_tables import AccountRow, LoginAttemptRow, WebSessionRow

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
# Seen at most this often in the database, so that reading pages does not become writing.
NOTED_EVERY = timedelta(minutes=1)
GUESSES_PER_NAME = 5
GUESSES_PER_ADDRESS = 20
WINDOW = timedelta(minutes=15)
# Asked before every page, so columns and not rows, and put together once.
_SESSION = (
    select(
        *(getattr(AccountRow, name) for name in Account.__dataclass_fields__),
        WebSessionRow.csrf, WebSessionRow.started, WebSessionRow.last_seen,
    )
    .join(WebSessionRow, WebSessionRow.account_id == AccountRow.id)
    .where(WebSessionRow.digest == bindparam("digest"), AccountRow.active)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WebSession:
    """A person's open session; forms carry `csrf`."""

    account: Account
    csrf: str


class Sessions:
    """The part of the store that knows who is logged in."""

    def __init__(self, writes: Scope, reads: Scope, accounts: Accounts) -> None:
        self._writes = writes
        self._reads = reads
        self._accounts = accounts

    def begin(self, account: Account, now: datetime) -> str:
        """A new session; the secret for the cookie."""
        secret = secrets.token_urlsafe(32)
        with self._writes() as session:
            session.execute(delete(WebSessionRow).where(WebSessionRow.last_seen < now - LONGEST))
            row = WebSessionRow(digest=digest(secret), account_id=account.id, csrf=secrets.token_urlsafe(24))
            row.started = row.last_seen = now
            session.add(row)
        return secret

    def get(self, secret: str, now: datetime) -> WebSession | None:
        """The session of a cookie; None if it is unknown, idle for too long, or too old."""
        with self._reads() as session:
            row = session.execute(_SESSION, {"digest": digest(secret)}).first()
        if row is None or row.last_seen < now - IDLE or row.started < now - LONGEST:
            return None
        if now - row.last_seen > NOTED_EVERY:
            with self._writes() as session:
                if found := session.get(WebSessionRow, digest(secret)):
                    found.last_seen = now
        return WebSession(Account(*row[:6]), row.csrf)

    def end(self, secret: str) -> None:
        """Log out."""
        with self._writes() as session:
            session.execute(delete(WebSessionRow).where(WebSessionRow.digest == digest(secret)))

    def log_in(self, name: str, password: str, address: str, now: datetime) -> Account | None:
        """The account, if the password is right; a wrong one counts as a guess."""
        account = self._accounts.check(name, password)
        with self._writes() as session:
            if account is None:
                session.add(LoginAttemptRow(name=name[:64].casefold(), address=address, at=now))
            else:
                session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.name == name.casefold()))
            session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.at < now - WINDOW))
        self._accounts.note(now, name[:64], "logged_in" if account else "login_failed", address=address)
        return account

    def too_many_guesses(self, name: str, address: str, now: datetime) -> bool:
        """Whether this name or address has to wait before the next try."""
        with self._reads() as session:
            return (
                _count(session, LoginAttemptRow.name == name[:64].casefold(), now) >= GUESSES_PER_NAME
                or _count(session, LoginAttemptRow.address == address, now) >= GUESSES_PER_ADDRESS
            )


def _count(session: Session, same: object, now: datetime) -> int:
    query = select(func.count()).select_from(LoginAttemptRow)
    query = query.where(same, LoginAttemptRow.at > now - WINDOW)  # type: ignore[arg-type]
    return session.scalar(query) or 0
