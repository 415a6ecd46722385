"""Document numbers and what they are made of.

Grammar (Decree 30/2020/NĐ-CP, annex I and III): `15/QĐ-BNV`, `05/BNV-VP`, `30/2020/NĐ-CP`, `39/2019/QH14`,
joint `55/2005/TTLT-BNV-VPCP`; Party documents `198-KL/TW`; office habits without a dash `435/LĐCP`. Before 2005 also
`19/2001/CT/UB`, and a blank for the first slash: `1178 TC/TCDN`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.errors import InvalidDocumentNumber

_SYMBOL = r"[A-ZĐƯƠÔÂÊĂ][A-Za-zĐđƯưƠơÔôÂâÊêĂă0-9&+.]*(?:[-/][A-ZĐƯƠÔÂÊĂa-z0-9][A-Za-zĐđƯưƠơÔôÂâÊêĂă0-9&+.]*)*"
_STATE = re.compile(rf"(?P<serial>\d{{0,6}}[A-Za-zđ]?)/(?:(?P<year>(?:19|20)\d\d)/)?(?P<symbol>{_SYMBOL})")
_SPACED = re.compile(r"(?P<serial>\d{1,6})(?P<symbol>[A-ZĐ]{2,6}/[A-ZĐ][A-ZĐa-z0-9]{1,9}(?:-[A-ZĐ0-9]{1,8})?)")
_PARTY = re.compile(rf"(?P<serial>\d{{1,6}}[a-zđ]?)-(?P<symbol>[A-ZĐ][A-Za-zĐđ]{{0,5}}/{_SYMBOL})")


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """Số, ký hiệu in canonical form.

    Attributes:
        serial: As written, leading zeros kept; "" where the page leaves it blank.
        symbol: "BKHĐT-PTHTĐT", "QĐ-UBND", "KL/TW" ...
        year: Part of the number itself ("30/2020/NĐ-CP"), not the year of issue; None if absent.
        party: Party form, a dash between serial and symbol.
        spaced: Older form, a blank between serial and symbol.
    """

    serial: str
    symbol: str
    year: int | None = None
    party: bool = False
    spaced: bool = False

    @classmethod
    def parse(cls, text: str) -> DocumentNumber:
        """Read one number such as "30/2020/NĐ-CP", ignoring spaces; `text` must be normalised.

        Raises:
            InvalidDocumentNumber: if `text` holds anything besides the number.
        """
        compact = re.sub(r"\s+", "", text)
        if match := _STATE.fullmatch(compact):
            year = match["year"]
            return cls(match["serial"], match["symbol"], int(year) if year else None)
        if match := _PARTY.fullmatch(compact):
            return cls(match["serial"], match["symbol"], party=True)
        if match := _SPACED.fullmatch(compact):
            return cls(match["serial"], match["symbol"], spaced=True)
        raise InvalidDocumentNumber(f"not a document number: {text!r}")

    def __str__(self) -> str:
        if self.party:
            return f"{self.serial}-{self.symbol}"
        if self.spaced:
            return f"{self.serial} {self.symbol}"
        return f"{self.serial}/{self.year}/{self.symbol}" if self.year else f"{self.serial}/{self.symbol}"

    @property
    def key(self) -> str:
        """Matching key: lower case, no leading zeros in the serial."""
        bare = DocumentNumber(self.serial.lstrip("0") or self.serial, self.symbol, self.year, self.party, self.spaced)
        return str(bare).casefold()
