"""Two functions, two purposes: `normalise` for what is shown and stored, `fold` for what is compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

# Look-alikes seen in scans, text layers and portals. Eth and African D stand for Đ in old fonts and OCR.
_LOOKALIKES = str.maketrans(
    {
        "Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ",
        "Ƣ": "Ư", "ƣ": "ư",  # text layers made with old fonts
        **dict.fromkeys("‐‑‒–—―−⁃﹣－", "-"),
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009", " "),
        **dict.fromkeys("\u200a\u202f\u205f\u3000\t", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e", ""),
        **{chr(0xFF10 + i): str(i) for i in range(10)},
        **dict.fromkeys("‘’‚‛′", "'"),
        "／": "/", "：": ":",
    }
)  # fmt: skip
# Most texts hold none of them, and looking is much faster than replacing.
_LOOKALIKE = re.compile("[" + "".join(re.escape(chr(code)) for code in _LOOKALIKES) + "]")
_COMBINING = re.compile(r"[\u0300-\u036f]+")
_OLD_TONES = (
    ("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa"),
    ("oè", "òe"), ("oé", "óe"), ("oẻ", "ỏe"), ("oẽ", "õe"), ("oẹ", "ọe"),
    ("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỹ", "ũy"), ("uỵ", "ụy"),
)  # fmt: skip
_OPEN_TONE = re.compile(
    rf"(?<![a-zđA-ZĐ])([b-df-hj-np-tv-zđ]*)({'|'.join(old for old, _ in _OLD_TONES)})(?![a-zà-ỹđ])", re.IGNORECASE
)


def normalise(text: str) -> str:
    """Canonical display form: NFC, one space, one dash, one Đ. Keeps tones, their placement, and case.

    Idempotent. Marks that belong to no letter are dropped.
    """
    known = text.translate(_LOOKALIKES) if _LOOKALIKE.search(text) else text
    composed = unicodedata.normalize("NFC", known)
    if _COMBINING.search(composed):
        # Deleting a character above can bring two marks together, so compose, drop, compose again.
        composed = unicodedata.normalize("NFC", _COMBINING.sub("", composed))
    return " ".join(composed.split())


_BROKEN_CODE = re.compile(r"(?:[\dA-ZĐ]-|\d/)$")


def join_lines(lines: Iterable[str]) -> str:
    """Wrapped lines as one, with a space between them, but none within a code, year span or date: "QĐ-", "UBND"."""
    joined = ""
    for line in lines:
        broken = _BROKEN_CODE.search(joined) and (line[:1].isdigit() or line[:1].isupper())
        joined += line if broken or not joined else f" {line}"
    return joined


class _Folded(dict[int, str]):
    """Code of a character to its folded form, filled as characters come up."""

    def __missing__(self, code: int) -> str:
        bare = unicodedata.normalize("NFD", chr(code))[0]
        lower = bare.lower()
        self[code] = "d" if lower == "đ" else (lower if len(lower) == 1 else bare)
        return self[code]


_FOLDED = _Folded()
_LONG = 200  # characters from which looking all of them up together is faster
_TABLE_END = 0x3000  # Vietnamese and its punctuation stand before it


@cache
def _table() -> npt.NDArray[np.uint16]:
    return np.array([ord(_FOLDED[code]) for code in range(_TABLE_END)], np.uint16)


def fold(text: str) -> str:
    """Matching key, never stored or shown: lower case, no tones, đ to d.

    Exactly as long as `text` if that is normalised, so offsets found in the key hold in the text.
    """
    if len(text) < _LONG:
        return text.translate(_FOLDED)
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
    if codes.max() >= _TABLE_END:
        return text.translate(_FOLDED)
    return _table()[codes].tobytes().decode("utf-16-le")


def modern_tones(text: str) -> str:
    """Tone marks in the newer placement (hòa, thủy); a comparison form for syllables that end in the two vowels."""
    table = {old: new for old, new in _OLD_TONES}

    def replace(match: re.Match[str]) -> str:
        pair = match[2]
        new = table[pair.lower()]
        if pair.isupper():
            new = new.upper()
        elif pair[0].isupper():
            new = new[0].upper() + new[1:]
        # "quý" and "quỳ" keep their form: the u belongs to the consonant
        return match[0] if match[1].lower().endswith("q") else match[1] + new

    return _OPEN_TONE.sub(replace, text)


# Codes that TCVN3 and VNI give to Vietnamese letters, and that Vietnamese in Unicode has no use for.
OLD_CODES = re.compile("[¨©ª¬®µ¶·¸¹¼½¾ÄÅÆÇËÎÏÑÖ×ØÛÜÞßäåæçëîïñöøûüþ]")
_OLD_SHARE = 0.06


def in_old_encoding(text: str) -> bool:
    """Whether `text` was typed for fonts that came before Unicode: "Céng hßa" (TCVN3), "Coäng hoøa" (VNI)."""
    letters = sum(c.isalpha() for c in text)
    return letters >= 20 and len(OLD_CODES.findall(text)) >= _OLD_SHARE * letters
