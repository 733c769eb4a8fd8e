"""All flows of the care path over one real database, with a screen that tests can read."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from flows.alerts import Alerts
from flows.copies import Copies
from flows.desk import Desk
from flows.enrolment import Enrolment
from flows.follow_ups import FollowUps
from flows.help import Help
from flows.moods import Moods
from flows.policy import Policy
from flows.privacy import Privacy
from flows.receive import Incoming, Receive, Screened
from flows.retention import Retention
from flows.rules.parts import Part
from flows.rules.risk import Assessment, RiskLevel, Signal
from flows.staffing import Staffing
from flows.talk import Talk
from storage.tables import Alert, AuditEntry, Case, Outbox

MEI, ALEX = 501, 502
LIN, KIM, WANG = 601, 602, 603


class FixedScreen:
    """Levels by plain words, so that these tests do not move with the lexicon."""

    async def assess(self, text: str) -> Assessment:
        level = RiskLevel.NONE
        for word, found in (("IMMINENT", RiskLevel.IMMINENT), ("ELEVATED", RiskLevel.ELEVATED)):
            if word in text:
                level = found
                break
        signals = ()
        if level is not RiskLevel.NONE:
            signals = (Signal("plan", "lexicon", level, "test", 0, len(text), "t1"),)
        return Assessment(level, level.rank / 3, "en", False, 0.0, signals, "t1", None, False)


class Campus:
    """All flows of the path over one database."""

    def __init__(self, database, clock, *, open_enrolment=True):
        policy = Policy()
        policy = policy.model_copy(
            update={"enrolment": policy.enrolment.model_copy(update={"open": open_enrolment})}
        )
        self.database, self.clock, self.policy = database, clock, policy
        self.receive = Receive(database, clock, policy, FixedScreen())
        self.enrolment = Enrolment(database, clock, policy, self.receive)
        self.help = Help(database, clock, policy)
        self.desk = Desk(database, clock, policy)
        self.talk = Talk(database, clock)
        self.alerts = Alerts(database, clock, policy)
        self.follow_ups = FollowUps(database, clock, policy)
        self.staffing = Staffing(database, clock, policy)
        self.privacy = Privacy(database, clock, policy)
        self.moods = Moods(database, clock)
        self.copies = Copies(database, clock, policy)
        self.retention = Retention(database, clock, policy.retention)
        self._update = 0

    async def student(self, telegram_id=MEI):
        return (await self.enrolment.begin(telegram_id, "zh", "adult", "CN", update_id=1)).id

    async def counselor(self, telegram_id=LIN, *, on_call=True, role="counselor"):
        code = await self.staffing.invite(role)
        view = await self.staffing.accept(telegram_id, code, "en")
        if on_call and role == "counselor":
            await self.staffing.set_on_call(view.id, True)
        return view.id

    async def writes(
        self, student_id, text, *, again=False, update=None, telegram_id=MEI
    ) -> Screened:
        self._update += 1
        return await self.receive.receive(
            Incoming(
                "student",
                update or self._update,
                telegram_id,
                student_id,
                (Part("text", text),),
                again,
            )
        )

    async def reads(self, staff_id, case_id, **how):
        """Words opened, and shown by Telegram."""
        opened = await self.talk.open_words(staff_id, case_id, **how)
        await self.talk.words_shown(staff_id, opened)
        return opened

    async def outbox(self, text_key):
        return await self.rows(sa.select(Outbox).where(Outbox.text_key == text_key))

    async def told(self, text_key):
        """Whom letters of a kind went to, in order."""
        return [row.person_id for row in await self.outbox(text_key)]

    async def rows(self, query):
        return await self.database.read(lambda u: list(u.scalars(query)))

    async def count(self, table):
        return await self.database.read(
            lambda u: u.scalar(sa.select(sa.func.count()).select_from(table))
        )

    async def case(self):
        (case,) = await self.rows(sa.select(Case))
        return case

    async def alert(self):
        """The alert that still pages."""
        (alert,) = await self.rows(sa.select(Alert).where(Alert.state == "open"))
        return alert

    async def audited(self):
        return await self.rows(sa.select(AuditEntry.action).order_by(AuditEntry.position))

    async def asked(self):
        """The id of the one follow-up that was asked."""
        (letter,) = await self.outbox("out-follow-up")
        return uuid.UUID(letter.cause.split(":")[1])
