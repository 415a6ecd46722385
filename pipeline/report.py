"""What a night did, as text, JSON, a page and a metrics file; each is complete or absent."""

from __future__ import annotations

import html
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.errors import REASONS, InputError, TransientError
from pipeline.store.ledger import Counts
from pipeline.store.runs import Entered, Line
from pipeline.store.twins import Twin

# As many single files as a report lists; the ledger has all of them.
LISTED = 200
_WHAT = {
    "scanned_again": "the same letter scanned again",
    "reissued": "another letter with the same number: issued again or corrected",
    "several_letters": "the file holds several letters",
    "same_bytes": "the same bytes under another name",
    "still_growing": "was still being written",
    "missing_file": "the file is not there any more",
    "changed_while_read": "changed while it was read",
    "transient": "temporary trouble",
    "unreadable": "may not be read: look at its rights",
    "bad_name": "the file name is not UTF-8: rename it",
    "discarded": "discarded by a person",
}


@dataclass(frozen=True, slots=True)
class Report:
    """One run.

    Attributes:
        stopped: Why it ended early; None if it came to its own end.
        taken_over: Runs that were cut off and whose books were closed.
        links: Numbers whose links were decided.
        faults: What the integrity check found; None where it was not due.
        skipped: Things in the inbox that are no files to read, by kind.
        older: Letters that older extractors read.
    """

    run: int
    command: str
    started: datetime
    finished: datetime
    seconds: float
    counts: Counts
    lines: tuple[Line, ...]
    trouble: tuple[Entered, ...]
    twins: tuple[Twin, ...] = ()
    stopped: str | None = None
    taken_over: tuple[int, ...] = ()
    links: int = 0
    faults: tuple[str, ...] | None = None
    skipped: tuple[tuple[str, int], ...] = ()
    waiting: tuple[tuple[str, str, int, float], ...] = ()
    older: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every file seen is accounted for."""
        c = self.counts
        return c.seen == c.stored + c.duplicate + c.quarantined + c.failed + c.retriable

    @property
    def exit_code(self) -> int:
        """As the contract says: 5 run again, 4 something is set aside for good, 0 all done."""
        if self.stopped or self.counts.retriable:
            return TransientError.exit_code
        return InputError.exit_code if self.counts.quarantined or self.counts.failed else 0

    @property
    def last_line(self) -> str:
        """The line that scripts read."""
        sums = " ".join(f"{name}={value}" for name, value in asdict(self.counts).items())
        return f"{sums} seconds={self.seconds:.1f}"


def to_json(report: Report) -> dict[str, Any]:
    """The report for other programs."""
    lines = [asdict(line) for line in report.lines]
    plain = {**asdict(report), "lines": lines, "exit_code": report.exit_code, "adds_up": report.adds_up}
    return plain | {"started": report.started.isoformat(), "finished": report.finished.isoformat()}


def sections(report: Report) -> list[tuple[str, list[str]]]:
    """The report in words: headings with their lines; empty ones are left out."""
    c = report.counts
    head = [f"{name} {value}" for name, value in asdict(c).items()]
    speed = f", {c.pages / report.seconds * 3600:.0f} pages an hour" if c.pages and report.seconds else ""
    head += [f"{report.seconds:.1f} seconds{speed}", f"numbers whose links were decided: {report.links}"]
    return [
        (title, lines)
        for title, lines in (
            ("Stopped early", [report.stopped] if report.stopped else []),
            ("Counts", head),
            ("Reasons", [f"{x.outcome}, {words(x.reason)}: {x.count}" for x in report.lines if x.reason]),
            ("Set aside or to be tried again", [_file(entry) for entry in report.trouble[:LISTED]]),
            ("Numbers met before", [f"{t.letter_id}: {words(t.kind)} ({t.other})" for t in report.twins[:LISTED]]),
            ("Waiting for a later run", [f"{p}: {words(r)}, {n} runs" for p, r, n, _ in report.waiting[:LISTED]]),
            ("Passed over", [f"{kind}: {count}" for kind, count in report.skipped]),
            ("Taken over", [f"run {run} was cut off; its books were closed" for run in report.taken_over]),
            ("Read by older extractors", _older(report.older)),
            ("Integrity", _integrity(report.faults)),
        )
        if lines
    ]


def words(reason: str | None) -> str:
    """A reason in words."""
    return _WHAT.get(reason or "", reason or "")


def _file(entry: Entered) -> str:
    cure = REASONS.get(entry.reason or "", words(entry.reason))
    return f"{entry.outcome}: {entry.path}: {entry.reason}: {cure}"


def _older(count: int) -> list[str]:
    return [f"{count} files; look at `congvan backfill --extractor-older-than VERSION`"] if count else []


def _integrity(faults: Sequence[str] | None) -> list[str]:
    if faults is None:
        return []
    return [f"{len(faults)} faults", *faults[:LISTED]] if faults else ["checked, no faults"]


def to_text(report: Report) -> str:
    """The report for a mail or a terminal."""
    out = [f"congvan {report.command}, run {report.run}, {report.started:%Y-%m-%d %H:%M} UTC"]
    for title, lines in sections(report):
        out += ["", title, *(f"  {_printable(line)}" for line in lines)]
    return "\n".join([*out, "", report.last_line, ""])


def to_html(report: Report) -> str:
    """The report as one page without scripts; file names are hostile and escaped."""
    title = html.escape(f"congvan {report.command}, run {report.run}")
    body = [f"<h1>{title}</h1>", f"<p>{report.started:%Y-%m-%d %H:%M} UTC</p>"]
    for heading, lines in sections(report):
        items = "".join(f"<li>{html.escape(_printable(line))}</li>" for line in lines)
        body.append(f"<h2>{html.escape(heading)}</h2><ul>{items}</ul>")
    style = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}li{overflow-wrap:anywhere}"
    head = f'<meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def to_metrics(report: Report) -> str:
    """The report for Prometheus' textfile collector."""
    out = ["# HELP congvan_files Files of the last run by outcome.", "# TYPE congvan_files gauge"]
    values = asdict(report.counts)
    pages = values.pop("pages")
    seen = values.pop("seen")
    out += [f'congvan_files{{outcome="{name}"}} {value}' for name, value in values.items()]
    singles = {
        "files_seen": seen,
        "pages": pages,
        "duration_seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "last_run_timestamp_seconds": int((report.finished - datetime(1970, 1, 1)).total_seconds()),
        "waiting_files": len(report.waiting),
        "books_balanced": int(report.adds_up),
    }
    if report.faults is not None:
        singles["integrity_faults"] = len(report.faults)
    for name, value in singles.items():
        out += [f"# TYPE congvan_{name} gauge", f"congvan_{name} {value}"]
    return "\n".join(out) + "\n"


def write_all(report: Report, state: Path) -> None:
    """Write the report of this run and the latest one, and the metrics, under the folder `state`."""
    plain = json.dumps(to_json(report), ensure_ascii=False, indent=1, default=str) + "\n"
    for ending, text in (("txt", to_text(report)), ("json", plain), ("html", to_html(report))):
        replace_file(state / "reports" / f"run-{report.run:06d}.{ending}", text)
        replace_file(state / "reports" / f"latest.{ending}", text)
    replace_file(state / "metrics" / "congvan.prom", to_metrics(report))


def replace_file(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
