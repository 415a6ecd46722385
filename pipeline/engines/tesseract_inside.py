"""Tesseract inside this process, by tesserocr: no start and no loading of its data for each page.

The wheel brings its own build of the library, so what is read does not change with the system's; the language data
are those of the installed program. Where it cannot be loaded, the program itself is used (`tesseract.py`).
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import threading
import time
from functools import cache
from typing import Any

from models.errors import TransientError
from pipeline.engines.image import Pixels

log = logging.getLogger("congvan")

# Letters are never set in a typewriter's equal widths; to look for it takes time and changes no word.
_VARIABLES = {"debug_file": os.devnull, "textord_all_prop": "1"}


class Engine:
    """One loaded Tesseract. It has state, and a web server asks from several threads: one page at a time."""

    def __init__(self, data: str, language: str) -> None:
        import tesserocr  # noqa: PLC0415 - heavy, and not there on every machine

        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
        self._lock = threading.Lock()
        self._api: Any = tesserocr.PyTessBaseAPI(path=data, lang=language)
        for name, value in _VARIABLES.items():
            self._api.SetVariable(name, value)
        atexit.register(self._api.End)

    def table(self, pixels: Pixels, dpi: float, mode: int, timeout: float, characters: str = "") -> str:
        """The words of a grey picture as the rows of Tesseract's TSV, without its header.

        `characters` limits what may be read; "" does not.

        Raises:
            TransientError: if the engine fails or does not end in time.
        """
        height, width = pixels.shape
        began = time.monotonic()
        with self._lock:
            self._api.SetPageSegMode(mode)
            self._api.SetVariable("tessedit_char_whitelist", characters)
            self._api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
            self._api.SetSourceResolution(round(dpi))
            try:
                done = self._api.Recognize(int(timeout * 1000))
                if time.monotonic() - began > timeout:
                    raise TransientError(f"tesseract did not end within {timeout:.1f} s")
                if not done:
                    raise TransientError("tesseract failed on a page")
                return str(self._api.GetTSVText(0))
            except (RuntimeError, UnicodeDecodeError) as error:
                raise TransientError(f"tesseract gave no text: {error}") from error
            finally:
                self._api.Clear()


def version() -> str | None:
    """The version of the library; None where there is none."""
    try:
        import tesserocr  # noqa: PLC0415 - heavy, and not there on every machine
    except (ImportError, OSError):
        return None
    return str(tesserocr.tesseract_version()).split()[1]


@cache
def engine(language: str) -> Engine | None:
    """The library with the installed program's data; None where it cannot be had."""
    # OpenMP reads this once, when it is loaded; several workers with several threads each get in each other's way.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        return Engine(_data_folder(), language)
    except (ImportError, OSError, RuntimeError, IndexError, subprocess.SubprocessError) as error:
        log.debug("tesseract is started for each page: %s", error)
        return None


def _data_folder() -> str:
    """Where the installed program has its data, in its own words; it heeds TESSDATA_PREFIX."""
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split('"')[1]
