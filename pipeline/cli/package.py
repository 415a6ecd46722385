"""Commands that give letters away for keeping: searchable PDF/A copies, and packages for an archive."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from models.errors import ConfigError, InputError
from pipeline import package
from pipeline.cli.app import App, NotFound, clean, pass_app, say, selection, selection_options
from pipeline.config import Config
from pipeline.ingest import Limits
from pipeline.store.restore import StoredLetter
from pipeline.store.scope import View
from pipeline.store.store import Store, utc_now

SAID_EVERY = 15.0  # seconds
_secret = click.option(
    "--with-secret", is_flag=True, help="Also letters with a secrecy mark; they stay out otherwise."
)


@click.command("package")
@selection_options
@click.option("--title", default="Văn bản đến", show_default=True, help="Title of the file (tiêu đề hồ sơ).")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to make; must not be there yet.")
@_secret
@pass_app
def export_package(app: App, /, title: str, out: Path, with_secret: bool, **chosen: Any) -> int:
    """A folder for the archive: originals, searchable PDF/A copies, fields as JSON and XML, lists, checksums.

    The folder is a BagIt bag with METS; it appears when it is whole. Letters whose original is gone or has changed stay
    out and are named; the exit code is 4 then.
    """
    base = app.store()
    store = View(base, cleared=with_secret)
    letters = list(store.letters(selection(**chosen)))
    if not letters:
        raise NotFound("no letter fits: nothing to pack")
    packed = package.write(out, letters, _packing(app.config, store, title, len(letters)))
    for stored, why in packed.left_out:
        say(f"left out: {clean(stored.letter.source.name)}: {clean(why)}")
    say(f"{len(packed.letters)} letters packed in {out}" + _kept_back(base, store, with_secret))
    return 4 if packed.left_out else 0


@click.command("pdfa")
@click.argument("ref")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@_secret
@pass_app
def export_pdfa(app: App, ref: str, out: Path, with_secret: bool) -> None:
    """The letter called REF as searchable PDF/A-2b; the original stays as it is.

    Each page is its picture, and unseen under it are the words that were read. REF is a number, a number with a year,
    or an id.
    """
    store = View(app.store(), cleared=with_secret)
    letter = _one(store, ref)
    part = out.with_name(f".{out.name}.part")
    try:
        pages = package.copy(letter, part, _packing(app.config, store, "", 1))
        if not pages:
            raise InputError("unsupported_format", "the letter came as text: it has no pages to draw")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    say(f"{pages} pages written to {out}")


def _one(store: Store, ref: str) -> StoredLetter:
    by_id = store.letter(ref)
    letters = [by_id] if by_id else [found for node in store.find(ref) for found in store.letters_of(node.id)]
    if not letters:
        raise NotFound(f"no letter in the store is called {ref!r}; try `congvan search`")
    if len(letters) > 1:
        raise ConfigError(f"{len(letters)} letters are called {ref!r}: {_names(letters)}; give the id of one")
    return letters[0]


def _names(letters: Iterable[StoredLetter]) -> str:
    return ", ".join(f"{stored.id} ({clean(stored.letter.source.name)})" for stored in letters)


def _packing(config: Config, store: Store, title: str, letters: int) -> package.Packing:
    limits = Limits(config.max_bytes, config.max_pages, config.max_pixels, config.max_seconds)
    spoke = began = time.monotonic()

    def told(done: int) -> None:
        nonlocal spoke
        if time.monotonic() - spoke > SAID_EVERY:
            spoke = time.monotonic()
            say(f"{done} of {letters} letters, {(spoke - began) / done * (letters - done):.0f} s left")

    return package.Packing(title, store.reading, limits, utc_now(), told)


def _kept_back(base: Store, seen: Store, with_secret: bool) -> str:
    """How many secret letters of the store are not in it, for a person who may know."""
    kept = 0 if with_secret else base.counts()["letters"] - seen.counts()["letters"]
    return f"; {kept} letters of the store have to do with secret ones and stayed out (--with-secret)" if kept else ""
