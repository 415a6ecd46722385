"""Pictures of pages; only of letters that the visitor may see, only their own pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, Response

from web import record
from web.access import Reader, Refused

router = APIRouter(include_in_schema=False)


@router.get("/letters/{letter_id}/pages/{number}.jpg")
def page_picture(
    visitor: Reader,
    letter_id: str,
    number: Annotated[int, Path(ge=1, le=100_000)],
    w: Annotated[int, Query(ge=1, le=4000)] = 1000,
) -> Response:
    """A page as JPEG, upright and straight as it was read."""
    letter = record.stored_letter(visitor, letter_id).letter
    page = record.page_shown(letter, number)
    if page is None or page.number != number or letter.source.media_type == "text/plain":
        raise Refused(404, "this letter has no such page picture")
    path = visitor.office.originals.jpeg(letter.source, page, w)
    # Private: a shared cache must not keep what another reader may not see.
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"})
