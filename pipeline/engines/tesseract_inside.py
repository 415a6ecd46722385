"""Tesseract inside this process: no start and no second loading of its data for each page.

Speaks to the shared library of the installed program through its C interface, so what is read is the same to the
letter, for 0.2 CPU seconds less a page. Where the library is not found, the program itself is used (`tesseract.py`).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import logging
import os
import subprocess
import threading
import time
from functools import cache

from models.errors import TransientError
from pipeline.engines.image import Pixels

log = logging.getLogger("congvan")

_LIBRARY = "libtesseract.so.5"
# Of C, by name: what they give back and take beyond the handle.
_FUNCTIONS: dict[str, tuple[object, list[object]]] = {
    "TessBaseAPICreate": (ctypes.c_void_p, []),
    "TessBaseAPIInit3": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]),
    "TessBaseAPISetVariable": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]),
    "TessBaseAPISetPageSegMode": (None, [ctypes.c_void_p, ctypes.c_int]),
    "TessBaseAPISetImage": (None, [ctypes.c_void_p, ctypes.c_char_p, *[ctypes.c_int] * 4]),
    "TessBaseAPISetSourceResolution": (None, [ctypes.c_void_p, ctypes.c_int]),
    "TessBaseAPIRecognize": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_void_p]),
    "TessBaseAPIGetTsvText": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "TessBaseAPIClear": (None, [ctypes.c_void_p]),
    "TessBaseAPIDelete": (None, [ctypes.c_void_p]),
    "TessDeleteText": (None, [ctypes.c_void_p]),
    "TessMonitorCreate": (ctypes.c_void_p, []),
    "TessMonitorSetDeadlineMSecs": (None, [ctypes.c_void_p, ctypes.c_int]),
    "TessMonitorDelete": (None, [ctypes.c_void_p]),
}


_SILENT = 6


class Engine:
    """One loaded Tesseract. It has state, and a web server asks from several threads: one page at a time."""

    def __init__(self, library: ctypes.CDLL, data: str, language: str) -> None:
        for name, (gives, takes) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = gives, takes
        with contextlib.suppress(AttributeError):
            library.setMsgSeverity(_SILENT)  # the picture library below writes about odd boxes to standard error
        self._library, self._lock = library, threading.Lock()
        self._handle = library.TessBaseAPICreate()
        if library.TessBaseAPIInit3(self._handle, data.encode(), language.encode()):
            library.TessBaseAPIDelete(self._handle)
            raise OSError(f"no data for {language} in {data}")
        library.TessBaseAPISetVariable(self._handle, b"debug_file", os.devnull.encode())
        atexit.register(library.TessBaseAPIDelete, self._handle)

    def table(self, pixels: Pixels, dpi: float, mode: int, timeout: float, characters: str = "") -> str:
        """The words of a grey picture as the rows of Tesseract's TSV, without its header.

        `characters` limits what may be read; "" does not.

        Raises:
            TransientError: if the engine fails or does not end in time.
        """
        height, width = pixels.shape
        library, handle, data = self._library, self._handle, pixels.tobytes()
        with self._lock:
            library.TessBaseAPISetPageSegMode(handle, mode)
            library.TessBaseAPISetVariable(handle, b"tessedit_char_whitelist", characters.encode())
            library.TessBaseAPISetImage(handle, data, width, height, 1, width)
            library.TessBaseAPISetSourceResolution(handle, round(dpi))
            try:
                self._recognise(timeout)
                return self._text()
            finally:
                library.TessBaseAPIClear(handle)

    def _recognise(self, timeout: float) -> None:
        began = time.monotonic()
        monitor = self._library.TessMonitorCreate()
        try:
            self._library.TessMonitorSetDeadlineMSecs(monitor, int(timeout * 1000))
            failed = self._library.TessBaseAPIRecognize(self._handle, monitor)
        finally:
            self._library.TessMonitorDelete(monitor)
        if time.monotonic() - began > timeout:
            raise TransientError(f"tesseract did not end within {timeout:.1f} s")
        if failed:
            raise TransientError("tesseract failed on a page")

    def _text(self) -> str:
        place = self._library.TessBaseAPIGetTsvText(self._handle, 0)
        if not place:
            raise TransientError("tesseract gave no text")
        try:
            return ctypes.string_at(place).decode("utf-8")
        except UnicodeDecodeError as error:
            raise TransientError(f"tesseract gave text that is no UTF-8: {error}") from error
        finally:
            self._library.TessDeleteText(place)


@cache
def engine(language: str) -> Engine | None:
    """The library with the installed program's data; None where it cannot be had."""
    # OpenMP reads this once, when it is loaded; several workers with several threads each get in each other's way.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        return Engine(ctypes.CDLL(_LIBRARY), _data_folder(), language)
    except (OSError, AttributeError, IndexError, subprocess.SubprocessError) as error:
        log.debug("tesseract is started for each page: %s", error)
        return None


def _data_folder() -> str:
    """Where the installed program has its data, in its own words; it heeds TESSDATA_PREFIX."""
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split('"')[1]
