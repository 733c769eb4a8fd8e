"""Alerts: paged until somebody acknowledges, up the ladder, then out by webhook."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import sqlalchemy as sa

from flows.care import end_paging, page
from flows.clock import Clock
from flows.desk import require_desk
from flows.errors import OutdatedAction
from flows.policy import Policy
from storage import cases
from storage.database import Database, Unit
from storage.records import alert_operator
from storage.tables.care import Alert, Case
from storage.tables.records import OperatorAlert


@dataclasses.dataclass(frozen=True, slots=True)
class Acknowledged:
    """Whose alert it was."""

    case_id: uuid.UUID
    number: int
    rounds: int


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
        """One acknowledgement stops the paging; OutdatedAction when somebody was faster."""
        now = self._clock.now()

        def work(unit: Unit) -> Acknowledged:
            require_desk(unit, staff_id)
            alert = unit.get(Alert, alert_id)
            if alert is None:
                raise OutdatedAction
            case = cases.lock(unit, alert.case_id)
            unit.refresh(alert)
            if case is None or alert.state != "open":
                raise OutdatedAction
            end_paging(unit, case, staff_id, now)
            return Acknowledged(case.id, case.number, alert.round)

        return await self._database.transact(work)

    async def page_due(self) -> int:
        """Sweep: page again for every alert nobody acknowledged; how many."""
        now = self._clock.now()

        def work(unit: Unit) -> int:
            due = cases.due_alerts(unit, now)
            for alert in due:
                case = unit.get(Case, alert.case_id)
                assert case is not None
                if case.status == "waiting":
                    page(unit, alert, case, now, self._policy)
                else:
                    end_paging(unit, case, None, now)
            return len(due)

        return await self._database.transact(work)

    async def webhooks_due(self) -> tuple[Webhook, ...]:
        """Alerts and operator faults that the outgoing webhook must carry now."""
        now = self._clock.now()

        def work(unit: Unit) -> tuple[Webhook, ...]:
            due = unit.execute(
                sa.select(Alert, Case)
                .join(Case, Case.id == Alert.case_id)
                .where(
                    Alert.webhook_due_at <= now,
                    Alert.webhook_done_at.is_(None),
                    Alert.state == "open",
                )
                .limit(50)
            ).all()
            faults = unit.scalars(
                sa.select(OperatorAlert).where(OperatorAlert.webhook_done_at.is_(None)).limit(50)
            ).all()
            return (
                *(
                    Webhook(
                        a.id, "imminent_unacknowledged", c.number, a.raised_at, a.webhook_tries
                    )
                    for a, c in due
                ),
                *(Webhook(f.id, f.kind, None, f.last_at, 0) for f in faults),
            )

        return await self._database.read(work)

    async def webhook_tried(self, webhook: Webhook, *, delivered: bool) -> None:
        """Record a call; a failed one is tried again, later each time, while it is open."""
        now = self._clock.now()
        wait = dt.timedelta(seconds=min(30 * 2**webhook.tries, 600))

        def work(unit: Unit) -> None:
            alert = unit.get(Alert, webhook.id)
            if alert is not None:
                alert.webhook_tries += 1
                if delivered:
                    alert.webhook_done_at = now
                else:
                    alert.webhook_due_at = now + wait
                return
            fault = unit.get(OperatorAlert, webhook.id)
            if fault is not None and delivered:
                fault.webhook_done_at = now

        await self._database.transact(work)

    async def tell_operator(self, kind: str) -> None:
        """Count a fault that only the operator can mend; the day's first goes out by webhook."""
        now = self._clock.now()
        await self._database.transact(lambda unit: alert_operator(unit, kind, now), receiving=True)
