"""`congvan evaluate`: how right the letters are, against label files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import click

from models.document import Document
from models.errors import InputError, TransientError
from models.letter import Letter
from pipeline import record
from pipeline.cli.app import App, pass_app, say
from pipeline.evaluate import Json, Predict, Score, first_letter, score

_folder = click.Path(exists=True, file_okay=False, path_type=Path)


class RecordingReader(Protocol):
    """A reader whose two halves can be called apart: recognising is slow and changes seldom."""

    def recognise(self, path: Path) -> Document:
        """The pages as read."""

    def understand(self, document: Document) -> tuple[Letter, ...]:
        """The letters on them."""


@click.command()
@click.option("--gold", required=True, type=_folder, help="Folder of label files.")
@click.option("--root", default=".", type=_folder, help="Folder that the labels' file names start from.")
@click.option("--kind", "kinds", multiple=True, help="Only documents of this kind: scan, born-digital, text.")
@click.option("--recordings", type=click.Path(file_okay=False, path_type=Path), help="Keep what was recognised here.")
@click.option("--misses", is_flag=True, help="List every value that is not as labelled.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@pass_app
def evaluate(
    app: App,
    gold: Path,
    root: Path,
    kinds: tuple[str, ...],
    recordings: Path | None,
    misses: bool,
    as_json: bool,
    form: str,
) -> None:
    """Score what is extracted against labelled documents, each figure with its denominator.

    With --recordings the pages recognised are kept there and used again, so that a change of the rules is measured
    in seconds.
    """
    reader = app.make_reader(app.config)
    reader.check()
    result = score(gold, _predictor(cast(RecordingReader, reader), root, recordings), kinds)
    if as_json or form == "json":
        click.echo(json.dumps(result.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in lines(result, misses=misses):
            click.echo(line)


def _predictor(reader: RecordingReader, root: Path, recordings: Path | None) -> Predict:
    def predict(path: Path, labels: Json) -> Json | None:
        try:
            return first_letter(reader.understand(_recognised(reader, root / labels["file"], path.stem, recordings)))
        except (InputError, TransientError) as error:
            say(f"{path.stem}: {error}")
            return None

    return predict


def _recognised(reader: RecordingReader, path: Path, stem: str, recordings: Path | None) -> Document:
    if recordings is None:
        return reader.recognise(path)
    kept = recordings / f"{stem}.json"
    if not kept.exists():
        recordings.mkdir(parents=True, exist_ok=True)
        kept.write_text(record.dump(reader.recognise(path)), encoding="utf-8")
    return record.load(kept.read_text(encoding="utf-8"))


def lines(result: Score, *, misses: bool) -> Sequence[str]:
    """The figures as printed."""
    out = [f"{result.files} label files, {len(result.failed)} without a letter"]
    for name, share in result.fields.items():
        out.append(f"  {name:12} {share.right / share.of:.3f}  ({share.right}/{share.of})")
    for name, share in sorted(result.slices.items()):
        out.append(f"    {name:24} {share.right / share.of:.3f}  ({share.right}/{share.of})")
    for name, tally in [*result.lists.items(), ("citations", result.citations)]:
        f = tally.figures()
        out.append(f"  {name:12} F1 {f['f1']:.3f}  (P {f['precision']:.3f} R {f['recall']:.3f}, {tally.gold} labelled)")
    for name in ("citation_dates", "citation_issuers", "relations"):
        out.append(f"    {name:18} {result.cited[name].right}/{result.cited[name].of}")
    if result.cells.gold:
        cells, placed = result.cells.figures(), result.cells_in_place
        out.append(f"  table cells  F1 {cells['f1']:.3f}  in place {placed.right}/{placed.of}")
    accepted = result.accepted
    out.append(f"  accepted without review: {accepted.of}/{result.promised} fields, {accepted.right} of them right")
    if misses:
        out += [f"  - {m.file}\t{m.what}\t{m.expected}\t{m.got}" for m in result.misses]
    if result.failed:
        out.append(f"  no letter: {', '.join(result.failed)}")
    return out
