"""A letter as the text that a conversion tool leaves: tabs, bold marks around what a pen wrote, soft line ends."""

from __future__ import annotations

from benchmarks.synthetic.content import Letter, paragraphs, plain


def as_text(letter: Letter) -> str:
    """UTF-8 text with remnants of Markdown, in the order in which such tools read a page."""
    head = "\n".join((*letter.parent, *letter.issuer))
    lines = [
        f"**{head}**",
        "",
        f"Số: **{letter.serial}**/{letter.symbol}",
        "",
        _soft_wrapped(f"V/v {letter.subject}"),
        "",
        "**CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc**",
        "",
        f"{letter.place}, ngày **{letter.day}** tháng {letter.month} năm {letter.year}",
        "",
        "Kính gửi:" if len(letter.recipients) > 1 else f"Kính gửi: {letter.recipients[0]}.",
        "",
    ]
    if len(letter.recipients) > 1:
        lines += [*_list(letter.recipients), ""]
    for paragraph in paragraphs(letter.body):
        lines += [paragraph if "**" in paragraph else plain(paragraph), ""]
    lines += ["**Nơi nhận:**", "", *_list(letter.copies), ""]
    lines += ["**" + "  \n".join(letter.titles) + "**", "", "", f"**{letter.signer}**", ""]
    return "\n".join(lines)


def _list(items: tuple[str, ...]) -> list[str]:
    return [f"- {item}{'.' if item == items[-1] else ';'}" for item in items]


def _soft_wrapped(text: str, width: int = 40) -> str:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "  \n".join((*lines, line))
