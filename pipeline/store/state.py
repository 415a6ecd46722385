"""Whether letters were changed since: what was read from the database may be used again until then."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pipeline.store.changes import QUESTION

_STATE = "state_of_the_letters"


def state_of(session: Session) -> str:
    """A name for the state of the letters that this session sees; another one as soon as somebody changes a letter.

    A session that reads sees one moment, so it is asked once.
    """
    known = session.info.get(_STATE)
    if known is None:
        counts = session.connection().exec_driver_sql(QUESTION).one()
        known = ":".join(map(str, counts))
        if session.get_bind().get_execution_options().get("reading", False):
            session.info[_STATE] = known
    return str(known)
