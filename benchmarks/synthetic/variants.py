"""How a letter becomes a file, and the damaged forms in which every letter can be set.

The first four forms are the plain ones: clean, as colour scan, as photocopy, and bilevel at 200 dpi with two degrees of
skew. The others bring what offices and scanners do besides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sample:
    """How one letter becomes one file.

    Attributes:
        mode: "colour", "grey" or "bilevel".
        quality: Of the JPEG; not used for bilevel.
        by_hand: Which of "number", "day", "month" a pen fills in.
        hand: "pen" or the name of a font.
        seal: Text around and text below; empty for none.
        arrival: Office, number and day of an incoming stamp; empty for none.
        arrival_at: Where that stamp stands: "left" of the subject, over the "subject", in the "head", at the "right".
        marks: Rubber stamps of urgency and secrecy put on besides what the letter prints, each with its tilt in
            degrees and whether it has a frame.
        seal_ink: Of the seal: "red", "blue", "black".
        effects: Names in `degrade.EFFECTS` with their strength.
        rotate: Quarters, clockwise.
        size: Of the body's type, points.
    """

    file: str
    letter: str
    seed: int
    kind: str = "scan"
    dpi: int = 200
    mode: str = "colour"
    quality: int = 60
    by_hand: frozenset[str] = frozenset()
    hand: str = "pen"
    ink: str = "blue"
    seal: tuple[str, ...] = ()
    arrival: tuple[str, ...] = ()
    arrival_at: str = "left"
    marks: tuple[tuple[str, float, bool], ...] = ()
    seal_ink: str = "red"
    effects: tuple[tuple[str, float], ...] = ()
    rotate: int = 0
    size: float = 13.5


_SEALED = Sample("", "", 0, seal=("", ""))
_ARRIVED = ("PHÒNG VĂN THƯ", "1482", "21/3")
_NOISE = ("scan_noise", 1.0)

PLAIN = {
    "clean": Sample("", "", 31, effects=(("scan_noise", 0.3),), quality=80),
    "colour": replace(_SEALED, seed=32, effects=(("skew", 0.25), _NOISE), quality=55),
    "photocopy": replace(_SEALED, seed=33, mode="grey", effects=(("skew", 0.4), ("photocopy", 1.0)), quality=45),
    "bilevel": replace(_SEALED, seed=34, mode="bilevel", effects=(("skew", 1.0), _NOISE, ("bilevel", 0.6))),
}
HARD = {
    "photocopy-2": replace(_SEALED, seed=41, mode="grey", effects=(("photocopy", 1.3), ("skew", 0.7)), quality=40),
    "bilevel-150": replace(_SEALED, seed=42, mode="bilevel", dpi=150, effects=(_NOISE, ("bilevel", 0.4))),
    "bilevel-specks": replace(_SEALED, seed=43, mode="bilevel", effects=(("speckle", 2.0), ("bilevel", 0.8))),
    "dpi-150": replace(_SEALED, seed=44, dpi=150, effects=(("skew", 0.3), _NOISE)),
    "faint": replace(_SEALED, seed=45, mode="grey", effects=(("faint", 0.9), _NOISE)),
    "show-through": replace(_SEALED, seed=46, effects=(("show_through", 1.8), _NOISE)),
    "border": replace(_SEALED, seed=47, effects=(("scanner_border", 1.0), ("skew", 0.3), _NOISE)),
    "skew-3": replace(_SEALED, seed=48, effects=(("skew", 1.5), _NOISE)),
    "skew-6": replace(_SEALED, seed=49, effects=(("skew", 3.0), _NOISE)),
    "skew-9": replace(_SEALED, seed=50, effects=(("skew", 4.6), _NOISE)),
    "turned-90": replace(_SEALED, seed=51, effects=(("skew", 0.5), _NOISE), rotate=90),
    "turned-180": replace(_SEALED, seed=52, effects=(("skew", 0.5), _NOISE), rotate=180),
    "turned-270": replace(_SEALED, seed=53, effects=(("skew", 0.5), _NOISE), rotate=270),
    "arrival-subject": replace(_SEALED, seed=54, arrival=_ARRIVED, arrival_at="subject", effects=(_NOISE,)),
    "arrival-head": replace(_SEALED, seed=55, arrival=_ARRIVED, arrival_at="head", effects=(_NOISE,)),
    "arrival-right": replace(_SEALED, seed=56, arrival=_ARRIVED, arrival_at="right", effects=(_NOISE,)),
    "seal-blue": replace(_SEALED, seed=57, seal_ink="blue", ink="black", effects=(_NOISE,)),
    "seal-black": replace(_SEALED, seed=58, seal_ink="black", ink="black", mode="grey", effects=(_NOISE,)),
    "hoa-toc-tilted": replace(_SEALED, seed=59, marks=(("HỎA TỐC", 14.0, True),), effects=(_NOISE,)),
    "khan-plain": replace(_SEALED, seed=60, marks=(("KHẨN", -6.0, False),), effects=(_NOISE,)),
    "thuong-khan-grey": replace(
        _SEALED, seed=61, mode="grey", marks=(("THƯỢNG KHẨN", 5.0, True),), effects=(("photocopy", 0.8),)
    ),
    "mat-framed": replace(_SEALED, seed=62, marks=(("MẬT", -4.0, True),), effects=(_NOISE,)),
    "mat-and-hoa-toc": replace(
        _SEALED, seed=63, marks=(("MẬT", 3.0, True), ("HỎA TỐC", -8.0, True)), effects=(_NOISE,)
    ),
}  # fmt: skip
VARIANTS = {**PLAIN, **HARD}
