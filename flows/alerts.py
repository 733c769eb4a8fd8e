"""Alerts: paged until somebody acknowledges, up the ladder, then out by webhook.

What waits below imminent pages nobody: the desk is reminded of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from flows.away import tell_lasting_blocks
from flows.care import end_paging, letter, page, whoever_hears
from flows.clock import Clock
from flows.errors import OutdatedAction
from flows.policy import Policy
from flows.roles import on_duty_for, require_desk, require_other
from flows.rules import triage as rules
from storage import alerts, cases, people, records
from storage.database import Database, Unit
from storage.tables.care import Case

# longer than a call may take (bot/pager.py), and the first wait after one that nobody took; and
# the longest
_CALL_LEASE, _LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(minutes=10)


@dataclasses.dataclass(frozen=True, slots=True)
class Acknowledged:
    """Whose alert it was."""

    case_id: uuid.UUID
    number: int
    waiting: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases nobody has taken, and since when the one that waits longest does."""

    count: int
    since: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Webhook:
    """What leaves by webhook: a number and a kind, never words."""

    id: uuid.UUID
    kind: str
    number: int | None
    at: dt.datetime
    tries: int


class Alerts:
    """Paging."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def acknowledge(self, staff_id: uuid.UUID, alert_id: uuid.UUID) -> Acknowledged:
        """One acknowledgement stops the paging; OutdatedAction when somebody was faster.

        It is a word that somebody is on it: the case must be taken within the time that an answer
        may need, or the desk hears of it again.
        """
        now = self._clock.now()

        def work(unit: Unit) -> Acknowledged:
            require_desk(unit, staff_id)
            alert = alerts.get(unit, alert_id)
            case = cases.lock(unit, alert.case_id) if alert is not None else None
            if case is None:
                raise OutdatedAction
            require_other(unit, case, staff_id)
            alert = alerts.open_of(unit, case.id)
            if alert is None or alert.id != alert_id:
                raise OutdatedAction
            end_paging(unit, case, staff_id, now)
            if case.status == "waiting":
                case.answer_due_at = rules.answer_due(case.triage, now, self._policy.cases)
            return Acknowledged(case.id, case.number, case.status == "waiting")

        return await self._database.transact(work)

    async def page_due(self) -> int:
        """Sweep: page again for every alert nobody acknowledged; how many."""
        now = self._clock.now()

        def work(unit: Unit) -> int:
            due = alerts.due(unit, now, now + self._policy.paging.every)
            for alert in due:
                case = cases.get(unit, alert.case_id)
                assert case is not None
                if case.status != "closed":
                    page(unit, alert, case, now, self._policy)
                else:
                    end_paging(unit, case, None, now)
            return len(due)

        return await self._database.transact(work)

    async def waiting(self, staff_id: uuid.UUID) -> Waiting:
        """What waits in their queue, for whoever goes on call."""

        def work(unit: Unit) -> Waiting:
            require_desk(unit, staff_id)
            return _waiting(unit, cases.waiting(unit), staff_id)

        return await self._database.read(work)

    async def remind_waiting(self) -> int:
        """Sweep: one letter to each on call for all that waits and pages nobody; how many went.

        Nobody on call but the case's own student: to the admins, or to every counselor where there
        is none, more rarely and without a sound at their night.
        """
        now = self._clock.now()

        def work(unit: Unit) -> int:
            on_call = on_duty_for(unit, None, "counselor", now, only_on_call=True)
            latest = now + rules.remind_every(self._policy.cases, anyone_on_call=bool(on_call))
            if not cases.is_reminder_due(unit, now, latest, rules.LAST_UNPAGED):
                return 0
            rows = cases.waiting(unit, hold=True)
            unpaged = [case for case in rows if not rules.pages(case.triage)]
            own = {people.twin(unit, each, "staff", "student") for each in on_call}
            # nobody is on call for these, or their student alone
            unheard = [case for case in unpaged if own <= {case.student_id}]
            heard = [case for case in unpaged if not own <= {case.student_id}]
            reached: dict[uuid.UUID, str] = {}
            for case in self._pass_due(heard, now, anyone_on_call=True):
                for each in on_duty_for(
                    unit, case.student_id, "counselor", now, only_on_call=True
                ):
                    reached[each] = "alert"
            for case in self._pass_due(unheard, now, anyone_on_call=False):
                for each in whoever_hears(unit, case.student_id, now):
                    reached.setdefault(each, "reminder")
            number = records.next_number(unit, "reminder") if reached else 0
            for staff_id, kind in reached.items():
                found = _waiting(unit, rows, staff_id)
                letter(
                    unit, staff_id, "staff", kind,
                    "staff-out-waiting", f"waiting:{number}:{staff_id.hex}", now,
                    n=found.count, since=found.since.isoformat() if found.since else None,
                )  # fmt: skip
            return len(reached)

        return await self._database.transact(work)

    async def tell_blocked(self) -> int:
        """Sweep: students who blocked the bot, came back and blocked it for good; how many."""
        now = self._clock.now()
        return await self._database.transact(lambda unit: tell_lasting_blocks(unit, now))

    def _pass_due(
        self, waiting: list[Case], now: dt.datetime, *, anyone_on_call: bool
    ) -> list[Case]:
        """Those whose time has come; once there is one, all wait for the next time together."""
        latest = now + rules.remind_every(self._policy.cases, anyone_on_call=anyone_on_call)
        due = [c for c in waiting if c.answer_due_at is None or c.answer_due_at <= now]
        for case in waiting:
            # one that is further away was set while nobody was on call, or by a clock that has
            # been set back since
            case.answer_due_at = latest if due else min(case.answer_due_at or now, latest)
        return due

    async def webhooks_due(self) -> tuple[Webhook, ...]:
        """Alerts and operator faults that the outgoing webhook must carry now.

        Claimed: no other process gets them too, unless this one dies before `webhook_tried`.
        """
        now = self._clock.now()

        def work(unit: Unit) -> tuple[Webhook, ...]:
            return (
                *(
                    Webhook(
                        alert.id,
                        "imminent_unacknowledged",
                        number,
                        alert.raised_at,
                        alert.webhook_tries,
                    )
                    for alert, number in alerts.claim_for_webhook(
                        unit, now, _CALL_LEASE, latest=now + _LONGEST_WAIT
                    )
                ),
                *(
                    Webhook(fault.id, fault.kind, None, fault.last_at, 0)
                    for fault in records.claim_faults(unit, now, _CALL_LEASE, _LONGEST_WAIT)
                ),
            )

        return await self._database.transact(work)

    async def webhook_tried(self, webhook: Webhook, *, delivered: bool) -> None:
        """Record a call; a failed one is tried again, later each time, while it is open."""
        now = self._clock.now()
        wait = min(_CALL_LEASE * 2 ** min(webhook.tries, 10), _LONGEST_WAIT)

        def work(unit: Unit) -> None:
            alert = alerts.get(unit, webhook.id)
            if alert is None:
                if delivered:
                    records.fault_told(unit, webhook.id, now)
                return
            alert.webhook_tries += 1
            if delivered:
                alert.webhook_done_at = now
            else:
                alert.webhook_due_at = now + wait

        await self._database.transact(work)

    async def tell_operator(self, kind: str) -> None:
        """Count a fault that only the operator can mend; the day's first goes out by webhook."""
        now = self._clock.now()
        await self._database.transact(
            lambda unit: records.alert_operator(unit, kind, now), beside=True
        )


def _waiting(unit: Unit, rows: Sequence[Case], staff_id: uuid.UUID) -> Waiting:
    """What they see of it: not their own case, should they be a student as well.

    A student waits since the case was opened, or since a counselor last wrote in it.
    """
    own = people.twin(unit, staff_id, "staff", "student")
    seen = [case for case in rows if case.student_id != own]
    since = (max(c.opened_at, c.counselor_wrote_at or c.opened_at) for c in seen)
    return Waiting(len(seen), min(since, default=None))
