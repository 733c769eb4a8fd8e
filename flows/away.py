"""A student who blocked the bot during an open case, and came back.

An alert, not a log line. But whoever blocks and unblocks without end must not fill the chats that
pages go to: told once, a block is told again after a while, or once a counselor did something.
"""

from __future__ import annotations

import datetime as dt

from flows.care import concerned, event_of, letter, tell_concerned
from storage import cases, messages, people
from storage.database import Unit
from storage.tables.care import Case

# after a block was told, the next of the same case waits so long
TOLD_FOR = dt.timedelta(minutes=10)


def note_block(unit: Unit, case: Case, now: dt.datetime, *, lost: bool) -> None:
    """They cannot be reached; `lost`: it showed by a counselor's text that did not arrive."""
    case.student_blocked_at = now
    if _is_news(case, now):
        _tell_of_block(unit, case, now, lost=lost)
    else:
        case.block_untold = True


def note_return(unit: Unit, case: Case, now: dt.datetime) -> None:
    """They can be written to again; told to whom their block was told."""
    blocked_at, untold = case.student_blocked_at, case.block_untold
    case.student_blocked_at, case.block_untold = None, False
    if blocked_at is not None and not untold:
        _tell_of_return(unit, case, blocked_at, now)


def tell_lasting_blocks(unit: Unit, now: dt.datetime) -> int:
    """Blocks that were not told and have lasted; how many."""
    due = [case for case in cases.with_untold_block(unit) if _is_news(case, now)]
    for case in due:
        _tell_of_block(unit, case, now, lost=False)
    return len(due)


def _is_news(case: Case, now: dt.datetime) -> bool:
    told = case.block_told_at
    # a clock set back since must not keep it
    if told is None or not told <= now < told + TOLD_FOR:
        return True
    acted = max(filter(None, (case.taken_at, case.counselor_wrote_at)), default=None)
    return acted is not None and acted > told


def _tell_of_block(unit: Unit, case: Case, now: dt.datetime, *, lost: bool) -> None:
    case.block_told_at, case.block_untold = now, False
    tell_concerned(unit, case, now, "staff-out-student-blocked", lost=lost)


def _tell_of_return(unit: Unit, case: Case, blocked_at: dt.datetime, now: dt.datetime) -> None:
    """How much did not arrive meanwhile, and since when."""
    lost = messages.undelivered(unit, case.id, blocked_at)
    event = event_of(case)
    for staff_id in concerned(unit, case, now):
        person = people.get(unit, staff_id)
        letter(
            unit, staff_id, "staff", "notice", "staff-out-student-back",
            f"back:{event}:{staff_id.hex}", now,
            case=case.id.hex, number=case.number, n=len(lost),
            first=lost[0].isoformat() if lost else None,
            zone=person.time_zone if person is not None else None,
        )  # fmt: skip
