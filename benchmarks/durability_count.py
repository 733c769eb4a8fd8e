"""What a durability point left behind: the database and the simulated chats, counted."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.durability_child import STAFF_TOKEN, STUDENT_TOKEN
from bot.simulator import Simulator
from storage import sqlite
from storage.tables import Alert, Assessment, Case, Message, Outbox

STUDENTS = tuple(range(61_000_001, 61_000_009))
COUNSELORS = (62_000_001, 62_000_002)
# these two students talk with those two counselors from the start
TALKING = dict(zip(COUNSELORS, STUDENTS[:2], strict=True))


@dataclasses.dataclass
class Tally:
    """What went wrong, over all points."""

    points: int = 0
    lost: int = 0
    unfinished: int = 0
    doubled: int = 0
    unexplained_repeats: int = 0
    counted_repeats: int = 0
    what: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Plan:
    """What one point pushed."""

    student_texts: dict[int, tuple[int, str]] = dataclasses.field(default_factory=dict)
    counselor_texts: dict[int, tuple[int, str]] = dataclasses.field(default_factory=dict)


def count_point(simulator: Simulator, database: Path, plan: Plan, seed: int, tally: Tally) -> None:
    """Add what one point lost, doubled and repeated."""
    engine = sqlite.make_engine(database)
    try:
        with engine.connect() as connection:
            _count_words(connection, plan, seed, tally)
            _count_alerts(connection, simulator, plan, seed, tally)
            _count_relays(connection, simulator, plan, seed, tally)
    finally:
        engine.dispose()


def _count_words(connection: sa.Connection, plan: Plan, seed: int, tally: Tally) -> None:
    rows = connection.execute(
        sa.select(
            Message.cause_update, Message.case_id, Assessment.level, Message.student_id
        )
        .join(Assessment, Assessment.message_id == Message.id)
        .where(Message.direction == "from_student")
    ).all()  # fmt: skip
    by_update: dict[int, list[Any]] = {}
    for row in rows:
        by_update.setdefault(row.cause_update, []).append(row)
    cards = connection.execute(
        sa.select(Outbox.cause, Outbox.state).where(Outbox.kind == "card")
    ).all()
    sent_cards = {cause.rsplit(":", 1)[1] for cause, state in cards if state == "sent"}
    for update, (_, level) in plan.student_texts.items():
        found = by_update.get(update, [])
        if not found:
            _lose(tally, seed, "words without a row")
            continue
        if level == "none":
            continue
        row = found[0]
        if row.level not in {"elevated", "imminent"} or row.case_id is None:
            _lose(tally, seed, "a flag without a case")
        if str(update) not in sent_cards:
            _lose(tally, seed, "a flag without its card")
    open_cases = connection.execute(
        sa.select(Case.student_id).where(Case.status != "closed")
    ).scalars().all()  # fmt: skip
    tally.doubled += len(open_cases) - len(set(open_cases))
    causes = [cause for cause, _ in cards]
    tally.doubled += len(causes) - len(set(causes))


def _count_alerts(
    connection: sa.Connection, simulator: Simulator, plan: Plan, seed: int, tally: Tally
) -> None:
    """What each flagged case should have brought into the counselors' chats, by its buttons.

    Nobody opens words in a run, so an alert stays open and covers what joins its case.
    """
    flagged = connection.execute(
        sa.select(Case.id, Case.status, Message.cause_update, Alert.id.label("alert"))
        .join(Message, Message.case_id == Case.id)
        .outerjoin(Alert, sa.and_(Alert.case_id == Case.id, Alert.state == "open"))
        .where(Message.direction == "from_student", Message.cause_update.in_(plan.student_texts))
    ).all()
    shown = [
        [{button.data for row in message.buttons for button in row} for message in chat]
        for chat in (simulator.chat(counselor, STAFF_TOKEN) for counselor in COUNSELORS)
    ]
    for row in flagged:
        _, level = plan.student_texts[row.cause_update]
        if level == "none":
            continue
        case, held = row.id.hex, row.status == "taken"
        if level == "imminent" and row.alert is None:
            _lose(tally, seed, "imminent without an alert")
            continue
        # the buttons of the page or alert, all of them: single ones stand under other lines too
        if held:
            wanted = {f"c:read:{case}"} | ({f"c:card:{case}"} if row.alert else set())
        else:
            wanted = {f"c:take:{case}", f"c:card:{case}"}
            wanted |= {f"a:{row.alert.hex}"} if row.alert else set()
        reached = sum(wanted in chat for chat in shown)
        if reached < (1 if held else len(COUNSELORS)):
            _lose(tally, seed, "an alert that reached no chat")


def _count_relays(
    connection: sa.Connection, simulator: Simulator, plan: Plan, seed: int, tally: Tally
) -> None:
    rows = connection.execute(
        sa.select(Message.cause_update, Outbox.state, Outbox.repeats, Outbox.cause)
        .join(Outbox, Outbox.cause == sa.literal("relay:") + sa.func.replace(Message.id, "-", ""))
        .where(Message.direction == "to_student", Message.cause_bot == "staff")
    ).all()
    by_update = {row.cause_update: row for row in rows}
    tally.doubled += len(rows) - len(by_update)
    for counselor, student in TALKING.items():
        texts = [m.text or "" for m in simulator.chat(student, STUDENT_TOKEN) if m.from_bot]
        wanted = [
            (update, text)
            for update, (who, text) in sorted(plan.counselor_texts.items())
            if who == counselor
        ]
        firsts = []
        for update, text in wanted:
            arrived = [place for place, shown in enumerate(texts) if text in shown]
            row = by_update.get(update)
            if row is None or not arrived:
                _lose(tally, seed, "a relay that did not arrive")
                continue
            firsts.append(arrived[0])
            tally.counted_repeats += row.repeats
            tally.unexplained_repeats += max(0, len(arrived) - 1 - row.repeats)
        if firsts != sorted(firsts):
            _lose(tally, seed, "relays out of order")


def _lose(tally: Tally, seed: int, what: str) -> None:
    tally.lost += 1
    tally.what.append(f"seed {seed}: {what}")
