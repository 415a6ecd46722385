"""Whether a piece of text can be Vietnamese at all: the shape of its syllables, as a signal for noise and bad OCR."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from extractors.vi.text import fold

_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|g|h|k|l|m|n|p|q|r|s|t|v|x"
# Rimes without marks; every tone and vowel mark is folded away before the test.
_RIMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|e|ec|em|en|eng|eo|ep|et|eu|enh|ech|i|ia|ich|iec|iem|ien|ieng|iep|iet|"
    "ieu|im|in|inh|ip|it|iu|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oc|oe|oen|oeo|oet|oi|om|on|ong|oong|"
    "ooc|op|ot|u|ua|uac|uan|uang|uanh|uao|uat|uau|uay|uc|ue|uech|uen|uenh|uet|ui|um|un|ung|uo|uoc|uoi|uom|uon|uong|"
    "uop|uot|uou|up|ut|uu|uy|uya|uych|uyen|uyet|uynh|uyp|uyt|uyu|y|yem|yen|yet|yeu|yt|ynh|ych"
)
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?(?:{_RIMES})")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_STOPS, _STOP_TONES = ("c", "ch", "p", "t"), "\u0301\u0323"
_WORD = re.compile(r"[^\W\d_]+")
_MARKED = re.compile(r"[à-ỹđăâêôơư]", re.IGNORECASE)


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether `word` has the shape of one Vietnamese syllable, marks aside."""
    return _SYLLABLE.fullmatch(fold(word)) is not None


@lru_cache(maxsize=16384)
def is_spelled(word: str) -> bool:
    """Whether `word` is one Vietnamese syllable with its marks: one tone at most, and one that its end allows."""
    if not word.isalpha() or not is_syllable(word):
        return False
    tones = [c for c in unicodedata.normalize("NFD", word) if c in _TONES]
    if fold(word).endswith(_STOPS):
        return len(tones) == 1 and tones[0] in _STOP_TONES
    return len(tones) <= 1


def valid_share(text: str) -> float:
    """Share of the words of two or more letters that are Vietnamese syllables or abbreviations; 0.0 without words."""
    words = [w for w in _WORD.findall(text) if len(w) > 1]
    if not words:
        return 0.0
    good = [w for w in words if is_syllable(w) or (w.isupper() and len(w) <= 6)]
    return len(good) / len(words)


def has_marks(text: str) -> bool:
    """Whether any letter carries a Vietnamese mark."""
    return _MARKED.search(text) is not None
