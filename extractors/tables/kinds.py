"""What a measure of a project table counts, by the words of its heading."""

from __future__ import annotations

import re

from extractors.vi.text import fold

INVESTMENT, ACCUMULATED, MEDIUM_TERM, PLANNED = "investment", "accumulated", "medium_term", "planned"
CARRIED_OVER, PROPOSED, ESTIMATED, DISBURSED, DONE = "carried_over", "proposed", "estimated", "disbursed", "done"

# The first that fits: "Lũy kế giải ngân" is accumulated, "Ước giải ngân" an estimate, "Dự kiến kế hoạch" a wish.
_KINDS = (
    (ACCUMULATED, re.compile(r"luy ke|tu khoi cong|tu dau du an|da bo tri den")),
    (ESTIMATED, re.compile(r"\buoc\b")),
    (PROPOSED, re.compile(r"du kien|nhu cau|de xuat|de nghi|dang ky")),
    (DISBURSED, re.compile(r"giai ngan|thanh toan|\btt\b")),
    (DONE, re.compile(r"khoi luong|thuc hien|quyet toan|nghiem thu")),
    (CARRIED_OVER, re.compile(r"keo dai|chuyen nguon|chuyen sang")),
    (MEDIUM_TERM, re.compile(r"trung han|(?:ke hoach|\bkhv?\b|von)\D*(?:19|20)\d\d *- *(?:19|20)\d\d")),
    (PLANNED, re.compile(r"ke hoach|\bkhv?\b|von giao|giao von|bo tri|phan bo|du toan")),
    (INVESTMENT, re.compile(r"tmdt|tong muc|tong von|tong du toan|gia tri du an")),
)


def kind_of(measure: str) -> str | None:
    """The kind of a measure from its name, "Kế hoạch năm 2022" -> "planned"; None where the words do not say."""
    plain = fold(measure)
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), None)
