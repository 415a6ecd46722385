"""What the application is made of, given once to `create_app` and reached by every route."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from argon2 import PasswordHasher

from pipeline.page_image import PageImages
from pipeline.store.scope import View
from pipeline.store.store import Store, utc_now

SAMPLE_DAYS = timedelta(days=30)


class Ingest(Protocol):
    """Takes files into the store; `congvan serve` gives the real one."""

    def __call__(self, paths: list[Path]) -> None:
        """Read the files and store their letters."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the application runs.

    Attributes:
        uploads: Folder for files that are sent in; None: nothing can be sent in.
        upload_bytes: Largest file that may be sent in.
        secure: Served over HTTPS (behind a proxy): cookies say so, browsers remember it.
        hosts: Names under which it answers; empty: any.
        hasher: For passwords; tests take a cheap one.
        clock: The time, UTC without a zone.
    """

    uploads: Path | None = None
    upload_bytes: int = 200_000_000
    secure: bool = False
    hosts: tuple[str, ...] = ()
    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    clock: Callable[[], datetime] = utc_now


class Office:
    """The parts behind the routes.

    Attributes:
        open: The store for those with clearance, `guarded` for all others.
    """

    def __init__(self, store: Store, originals: PageImages, settings: Settings, ingest: Ingest | None) -> None:
        self.settings = settings
        self.originals = originals
        self.ingest = ingest
        self.open = View(store, cleared=True)
        self.guarded = View(store, cleared=False)
        self.accounts, self.sessions = self.open.people(settings.hasher)
        self.reading = threading.Lock()  # one file or region at a time: reading takes all of a core

    def view(self, cleared: bool) -> View:
        """The store as this reader may see it."""
        return self.open if cleared else self.guarded

    def now(self) -> datetime:
        """The time."""
        return self.settings.clock()
