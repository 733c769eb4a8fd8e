"""Lines in a case's talk for what nobody keeps: a photo, a voice message, words of before."""

from __future__ import annotations

import datetime as dt
import uuid

from storage import messages
from storage.database import Unit
from storage.messages import NewMessage
from storage.tables.care import Case

# what a mark can stand for; the staff's texts have a line for each
SENT = ("photo", "video", "voice", "sticker", "document", "place", "contact", "other")
UNKEPT_WORDS = "unkept-words"


def leave_mark(unit: Unit, case: Case, what: str, update_id: int, now: dt.datetime) -> uuid.UUID:
    """One line, from the student, with nothing in it to screen: hence no assessment."""
    mark = NewMessage(
        student_id=case.student_id,
        author_id=case.student_id,
        direction="from_student",
        part="media",
        body=what,
        bot="student",
        update_id=messages.beside(update_id),
        case_id=case.id,
    )
    return messages.add_all(unit, [(mark, None)], now)[0]
