"""Receive: screen what somebody wrote and commit message, assessment, case, alert and card.

Runs in the worker before either framework sees the update. Its result, `Screened`, is the only
proof that words were screened; nothing else can make one.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from flows.care import letter, open_or_raise, tell_counselor, tell_desk
from flows.clock import Clock
from flows.policy import Policy
from flows.rules import triage as rules
from flows.rules.parts import Part
from flows.rules.risk import Assessment, RiskLevel
from storage import cases, messages, students
from storage.batches import Batcher
from storage.database import Database, Unit
from storage.messages import NewMessage

_KEPT_IN_MEMORY = 5_000
_MEMORY_FOR = dt.timedelta(hours=1)


class RiskScreen(Protocol):
    """The port of the whole screen: lexicon now, models later. It never fails and never waits
    longer than its budget; a part that is missing makes the result `degraded`."""

    async def assess(self, text: str) -> Assessment:
        """What one text says."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Incoming:
    """An update of the student bot, reduced to what the screen needs."""

    bot: str
    update_id: int
    telegram_id: int
    person_id: uuid.UUID | None
    parts: tuple[Part, ...]
    # the row was handled before and the process died: look for what was stored then
    again: bool = False


_TEXTS_KEPT = 10
_ONLY_HERE = object()


@dataclasses.dataclass(frozen=True, slots=True)
class Screened:
    """Proof that an update's words were screened, and what came of it."""

    level: RiskLevel
    person_id: uuid.UUID | None
    message_ids: tuple[uuid.UUID, ...]
    case_id: uuid.UUID | None
    # the screen answered by itself (card and notice are in the outbox, or must be drawn before
    # consent): the conversation must not talk over it
    flagged: bool
    # somebody else is spoken of: how to help a friend
    other: bool
    language: str
    # how bad it is for that somebody
    other_level: RiskLevel = RiskLevel.NONE
    # a case is open: words without a flag go there
    open_case: bool = False
    _made: object = dataclasses.field(repr=False, default=None)

    def __post_init__(self) -> None:
        if self._made is not _ONLY_HERE:
            raise TypeError("only flows.receive makes a Screened")

    @property
    def other_in_danger(self) -> bool:
        """Somebody else may be dying, or about to be killed: the emergency number comes first."""
        return self.other_level is RiskLevel.IMMINENT


@dataclasses.dataclass(frozen=True, slots=True)
class Unenrolled:
    """Words written before consent, kept in memory only, for at most an hour."""

    texts: tuple[tuple[str, Assessment], ...]
    at: dt.datetime
    # of which updates: one that is tried again is not written twice
    updates: frozenset[int] = frozenset()


class Receive:
    """Screens every update of the student bot."""

    def __init__(
        self, database: Database, clock: Clock, policy: Policy, screen: RiskScreen
    ) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._screen = screen
        self._plain: Batcher[_Words, _Stored] = Batcher(database, self._store_plain)
        self._unenrolled: collections.OrderedDict[int, Unenrolled] = collections.OrderedDict()

    async def receive(self, incoming: Incoming) -> Screened:
        """Screen and store one update's words. StoreDown when they could not be stored."""
        assessed = [(part, await self._screen.assess(part.text)) for part in incoming.parts]
        level = max((a.level for _, a in assessed), key=lambda v: v.rank, default=RiskLevel.NONE)
        other = any(a.other for _, a in assessed)
        other_level = max(
            (a.other_level for _, a in assessed), key=lambda v: v.rank, default=RiskLevel.NONE
        )
        language = assessed[0][1].lang if assessed else "en"
        person_id = incoming.person_id
        if person_id is None:
            self._remember(incoming, assessed)
            flagged = rules.opens_case(level)
            return Screened(
                level, None, (), None, flagged, other, language, other_level, _made=_ONLY_HERE
            )
        if not assessed:
            return Screened(level, person_id, (), None, False, other, language, _made=_ONLY_HERE)
        words = _Words(incoming, person_id, assessed, level)
        if incoming.again or rules.opens_case(level):
            stored = await self._database.transact(self._store_flagged(words), beside=True)
        else:
            stored = await self._plain.put(words)
        return Screened(
            level,
            person_id,
            stored.message_ids,
            stored.case_id,
            rules.opens_case(level),
            other,
            language,
            other_level,
            stored.open_case,
            _made=_ONLY_HERE,
        )

    def unenrolled(self, telegram_id: int) -> Unenrolled | None:
        """What somebody wrote before consent; to be forgotten once the flow that keeps it has
        committed, not before: a commit that failed is tried again."""
        self._forget_old()
        return self._unenrolled.get(telegram_id)

    def forget_unenrolled(self, telegram_id: int) -> None:
        """It is kept now, or was not wanted."""
        self._unenrolled.pop(telegram_id, None)

    def _remember(self, incoming: Incoming, assessed: list[tuple[Part, Assessment]]) -> None:
        now, telegram_id = self._clock.now(), incoming.telegram_id
        flagged = [(p.text, a) for p, a in assessed if rules.opens_case(rules.urgency(a))]
        if not flagged:
            return
        before = self.unenrolled(telegram_id) or Unenrolled((), now)
        if incoming.update_id in before.updates:
            return
        self._unenrolled.pop(telegram_id, None)
        self._unenrolled[telegram_id] = Unenrolled(
            _most_telling((*before.texts, *flagged)), now, before.updates | {incoming.update_id}
        )
        self._forget_old()

    def _forget_old(self) -> None:
        now, kept = self._clock.now(), self._unenrolled
        if kept and kept[next(reversed(kept))].at > now:
            # by a clock that has been set back since: their hour begins now
            for telegram_id, each in kept.items():
                kept[telegram_id] = dataclasses.replace(each, at=min(each.at, now))
        while kept:
            oldest = next(iter(kept))
            if len(kept) <= _KEPT_IN_MEMORY and now - kept[oldest].at <= _MEMORY_FOR:
                break
            del kept[oldest]

    def _store_flagged(self, words: _Words) -> Callable[[Unit], _Stored]:
        """Message, assessment, case, alert and card rows in one commit."""
        incoming = words.incoming
        now = self._clock.now()

        def work(unit: Unit) -> _Stored:
            if incoming.again:
                before = messages.received(unit, incoming.bot, incoming.update_id)
                if before:
                    case_id = next((c for _, c in before if c), None)
                    open_case = bool(cases.with_open_case(unit, [words.person_id]))
                    return _Stored(tuple(m for m, _ in before), case_id, open_case)
            if not rules.opens_case(words.level):
                return self._store_plain(unit, [words])[0]
            case_id = flag(
                unit, words.person_id, words.level, now, self._policy, incoming.update_id
            )
            ids = messages.add_all(unit, words.rows(case_id), now)
            return _Stored(tuple(ids), case_id, True)

        return work

    def _store_plain(self, unit: Unit, batch: Sequence[_Words]) -> list[_Stored]:
        """Unflagged words of many students at once."""
        talking = cases.with_open_case(unit, [words.person_id for words in batch])
        rows = [row for words in batch for row in words.rows(None)]
        ids = iter(messages.add_all(unit, rows, self._clock.now()))
        return [
            _Stored(tuple(next(ids) for _ in words.assessed), None, words.person_id in talking)
            for words in batch
        ]


def _most_telling(texts: tuple[tuple[str, Assessment], ...]) -> tuple[tuple[str, Assessment], ...]:
    """Ten of them, in order: the oldest of the mildest go first, so that the worst stays."""
    kept = list(texts)
    while len(kept) > _TEXTS_KEPT:
        kept.remove(min(kept, key=lambda pair: rules.urgency(pair[1]).rank))
    return tuple(kept)


@dataclasses.dataclass(frozen=True, slots=True)
class _Words:
    """What one update wants stored."""

    incoming: Incoming
    person_id: uuid.UUID
    assessed: list[tuple[Part, Assessment]]
    level: RiskLevel

    def rows(self, case_id: uuid.UUID | None) -> list[tuple[NewMessage, dict[str, Any] | None]]:
        """Each part as a message with its assessment."""
        return [
            (
                NewMessage(
                    student_id=self.person_id,
                    author_id=self.person_id,
                    direction="from_student",
                    part=part.kind,
                    body=part.text,
                    bot=self.incoming.bot,
                    update_id=self.incoming.update_id,
                    case_id=case_id,
                ),
                assessment_facts(assessment),
            )
            for part, assessment in self.assessed
        ]


@dataclasses.dataclass(frozen=True, slots=True)
class _Stored:
    message_ids: tuple[uuid.UUID, ...]
    case_id: uuid.UUID | None
    open_case: bool


def assessment_facts(assessment: Assessment) -> dict[str, Any]:
    """An assessment as columns: offsets and ids, no words."""
    return {
        "level": assessment.level.value,
        "score": assessment.score,
        "lang": assessment.lang,
        "other": assessment.other,
        "abuse": assessment.abuse,
        "signals": [
            {
                "kind": signal.kind,
                "tier": signal.tier,
                "level": signal.level.value,
                "reason": signal.reason,
                "start": signal.start,
                "end": signal.end,
                "version": signal.version,
            }
            for signal in assessment.signals
        ],
        "lexicon_version": assessment.lexicon_version,
        "model_version": assessment.model_version,
        "degraded": assessment.degraded,
    }


def flag(
    unit: Unit,
    student_id: uuid.UUID,
    level: RiskLevel,
    now: dt.datetime,
    policy: Policy,
    update_id: int,
    *,
    about_other: bool = False,
    numbers_shown: bool = False,
) -> uuid.UUID:
    """Open or raise the case, page or tell the desk, and tell the student, all in one commit.

    The student learns at once what was shown to whom and why (safety invariant 8); at imminent
    the crisis card comes with it. `about_other`: it is somebody else who is in danger.
    `numbers_shown`: the words were answered with them before.
    """
    case, newly_open = open_or_raise(
        unit, student_id, rules.triage_of(level), "flagged", now, policy
    )
    told = tell_desk(unit, case, now, policy, newly_open=newly_open)
    imminent = level is RiskLevel.IMMINENT
    if case.status == "taken" and case.counselor_id is not None:
        cause = f"words:{update_id}:{case.id.hex}"
        tell_counselor(unit, case, now, policy, cause, imminent=imminent)
    found = students.get(unit, student_id)
    letter(
        unit, student_id, "student", "card", "out-card" if imminent else "out-flag-notice",
        f"card:{student_id.hex}:{update_id}", now,
        case=case.id.hex, number=case.number, taken=case.status == "taken",
        told=told.queued, on_call=told.on_call, about_other=about_other,
        numbers_shown=numbers_shown,
        words=update_id, level=level.value, region=found[1].region if found is not None else None,
    )  # fmt: skip
    return case.id
