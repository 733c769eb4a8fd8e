"""The flows, a staff chat and a sweeper over one database."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import sqlalchemy as sa

from bot.health import Health
from bot.sweeper import Sweeper
from content.crisis_catalog import load_directory
from flows.alerts import Alerts
from flows.copies import Copies
from flows.crisis import CrisisDesk
from flows.desk import Desk
from flows.enrolment import Enrolment
from flows.follow_ups import FollowUps
from flows.help import Help
from flows.policy import Policy, RetentionDays
from flows.receive import Incoming, Receive
from flows.retention import Retention
from flows.rules.parts import Part
from flows.rules.risk import Assessment, RiskLevel, Signal
from flows.staffing import Staffing
from storage.tables import Outbox

TOKEN = "654321:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
MEI, LIN = 10_001_001, 20_001_001
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class FixedScreen:
    """Imminent where the text says so."""

    async def assess(self, text):
        found = RiskLevel.IMMINENT if "IMMINENT" in text else RiskLevel.NONE
        signals = ()
        if found is not RiskLevel.NONE:
            signals = (Signal("plan", "lexicon", found, "test", 0, len(text), "t1"),)
        return Assessment(found, found.rank / 3, "en", False, 0.0, signals, "t1", None, False)


class Paged:
    """Takes what a pager would post; refuses while told so."""

    configured = True

    def __init__(self):
        self.posted, self.takes = [], True

    async def post(self, webhook):
        self.posted.append((webhook.kind, webhook.number))
        return self.takes


class Campus:
    """The flows over one database, a staff chat in the simulator, a sweeper."""

    def __init__(self, database, clock, simulator, client):
        policy = Policy().model_copy(
            update={"enrolment": Policy().enrolment.model_copy(update={"open": True})}
        )
        self.database, self.clock, self.sim = database, clock, simulator
        self.receive = Receive(database, clock, policy, FixedScreen())
        self.enrolment = Enrolment(database, clock, policy, self.receive)
        self.staffing = Staffing(database, clock, policy)
        self.help = Help(database, clock, policy)
        self.services = SimpleNamespace(
            alerts=Alerts(database, clock, policy),
            desk=Desk(database, clock, policy),
            follow_ups=FollowUps(database, clock, policy),
            staffing=self.staffing,
            copies=Copies(database, clock, policy),
            crisis=CrisisDesk(database, clock, load_directory(), None, "US"),
        )
        self.pager = Paged()
        self.retention = Retention(database, clock, RetentionDays())
        self.sweeper = Sweeper(
            services=self.services,
            retention=self.retention,
            pager=self.pager,
            clients={"staff": client},
            look_at_parked=self.count_parked,
            stay_alone=self.stay_alone,
            health=Health(),
        )
        self.client = client
        self.policy = policy
        self._update = 0
        self.parked_counts = 0

    async def stay_alone(self):
        pass

    async def count_parked(self):
        self.parked_counts += 1

    async def counselor(self):
        code = await self.staffing.invite("counselor")
        lin = (await self.staffing.accept(LIN, code, "en")).id
        await self.staffing.set_on_call(lin, True)
        return lin

    async def student(self):
        return (await self.enrolment.begin(MEI, "en", "adult", "US", update_id=1)).id

    async def writes(self, student_id, text):
        self._update += 1
        return await self.receive.receive(
            Incoming("student", self._update, MEI, student_id, (Part("text", text),), False)
        )

    async def letters(self, text_key):
        return await self.database.read(
            lambda u: u.scalar(
                sa.select(sa.func.count()).select_from(Outbox).where(Outbox.text_key == text_key)
            )
        )

    async def all(self, *columns):
        return await self.database.read(lambda u: u.execute(sa.select(*columns)).all())

    async def copy(self, lin, case_id):
        """Words shown in the staff chat, and remembered."""
        sent = await self.client.send_message(LIN, "words")
        await self.services.copies.keep(lin, case_id, sent.message_id)
        return sent.message_id

    def is_deleted(self, message_id):
        (found,) = [m for m in self.sim.chat(LIN, TOKEN) if m.id == message_id]
        return found.deleted
