"""Whether store and files still agree: originals there and unchanged, no letter without pages, index in step."""

from __future__ import annotations

from pathlib import Path

from models.errors import CongvanError
from pipeline.intake import fingerprint
from pipeline.store.runs import Runs


def faults(runs: Runs, *, digests: bool = True) -> tuple[str, ...]:
    """Every fault in words; with `digests` originals are read and compared byte by byte."""
    return (*runs.check(), *runs.structure(), *_originals(runs, digests))


def _originals(runs: Runs, digests: bool) -> list[str]:
    found = []
    for state in runs.ledger.states("stored"):
        path = Path(state.path)
        try:
            if not path.is_file():
                found.append(f"original of {state.name} is gone from {state.path}")
            elif path.stat().st_size != state.size:
                found.append(f"original of {state.name} has changed: {state.path}")
            elif digests and fingerprint(path).sha256 != state.sha256:
                found.append(f"original of {state.name} has other bytes than when it was read: {state.path}")
        except (OSError, CongvanError) as error:
            found.append(f"original of {state.name} cannot be read: {error}")
    return found
