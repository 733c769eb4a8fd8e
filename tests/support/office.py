"""A database, a simulator and a sender for each bot: what the tests of delivery share."""

from __future__ import annotations

import asyncio
import contextlib
import re

import sqlalchemy as sa
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from bot.delivery import Delivery
from bot.health import Health
from bot.limits import AiogramLimits, Limiter, Limits
from bot.session import JsonSession
from bot.simulator import Faults
from bot.tasks import spawn, stop
from flows.alerts import Alerts
from flows.desk import Desk
from flows.enrolment import Enrolment
from flows.help import Help
from flows.policy import Policy
from flows.post import PostOffice
from flows.receive import Receive
from flows.staffing import Staffing
from flows.talk import Talk
from handlers.rendered import Button, Rendered
from storage import outbox
from storage.outbox import Letter
from storage.tables import Address, OperatorAlert, Outbox

TOKENS = {
    "student": "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "staff": "654321:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
}
STUDENTS = tuple(range(10_001_001, 10_001_041))
MEI, ALEX = STUDENTS[:2]
LIN, KIM = 20_001_001, 20_001_002


def render(text_key, args, language):
    """A renderer of the tests' own: what was queued, and whether it was marked."""
    if args.get("broken"):
        raise KeyError(args["words"])
    mark = " repeated" if args.get("repeated") else ""
    return Rendered(
        f"<b>{text_key}</b> {args.get('n', '')} {language}{mark}",
        ((Button("ok", "ok"),),),
        protect=bool(args.get("protect")),
    )


class Office:
    """A database, a simulator and a sender for each bot."""

    def __init__(self, database, clock, simulator):
        self.database, self.clock, self.sim = database, clock, simulator
        policy = Policy().model_copy(
            update={"enrolment": Policy().enrolment.model_copy(update={"open": True})}
        )
        self.policy = policy
        self.post_office = PostOffice(database, clock, policy)
        self.alerts = Alerts(database, clock, policy)
        receive = Receive(database, clock, policy, None)
        self.enrolment = Enrolment(database, clock, policy, receive)
        self.staffing = Staffing(database, clock, policy)
        self.help = Help(database, clock, policy)
        self.desk = Desk(database, clock, policy)
        self.talk = Talk(database, clock)
        self.static_cards, self.static_works = [], True
        self.clients = []
        self._n = 0

    def client(self, bot, limiter, url=None):
        session = JsonSession(api=TelegramAPIServer.from_base(url or self.sim.url))
        session.middleware(AiogramLimits(limiter))
        client = Bot(TOKENS[bot], session=session)
        self.clients.append(client)
        return client

    def delivery(self, bot="student", *, limits=None, url=None, post_office=None):
        limiter = Limiter(limits or Limits(lifted=True))
        delivery = Delivery(
            bot=bot,
            client=self.client(bot, limiter, url),
            post_office=post_office or self.post_office,
            render=render,
            clock=self.clock,
            limiter=limiter,
            on_card_failed=self.send_static_card,
            health=Health(),
            alerts=self.alerts,
        )
        delivery.request_timeout_s = 0.4
        return delivery

    @contextlib.asynccontextmanager
    async def sending(self, bot="student", **how):
        delivery = self.delivery(bot, **how)
        self.database.letter_hooks.append(delivery.wake)
        task = spawn(delivery.run(), "delivery")
        try:
            yield delivery
        finally:
            self.database.letter_hooks.remove(delivery.wake)
            await stop(task)

    async def send_static_card(self, telegram_id):
        self.static_cards.append(telegram_id)
        return self.static_works

    async def student(self, telegram_id=MEI):
        return (await self.enrolment.begin(telegram_id, "zh", "adult", "CN", update_id=1)).id

    async def counselor(self, telegram_id=LIN):
        code = await self.staffing.invite("counselor")
        return (await self.staffing.accept(telegram_id, code, "en")).id

    async def queue(self, person_id, kind, *, bot="student", key_owner=None, **more):
        """Queue one letter, numbered; its number and row id."""
        self._n += 1
        n = self._n
        args = more.pop("args", {})
        letter = Letter(
            person_id=person_id,
            bot=bot,
            kind=kind,
            text_key=more.pop("text_key", f"out-{kind}"),
            cause=f"test:{n}",
            args={"n": f"n{n:03d}", **args},
            key_owner=key_owner,
            **more,
        )
        return await self.database.transact(lambda u: outbox.put(u, letter, self.clock.now()))

    async def row(self, row_id):
        return await self.database.read(lambda u: u.get(Outbox, row_id))

    async def all_over(self):
        """Wait until no row waits or is under way."""
        for _ in range(500):
            left = await self.database.read(
                lambda u: u.scalar(
                    sa.select(sa.func.count())
                    .select_from(Outbox)
                    .where(Outbox.state.in_(["waiting", "attempting"]))
                )
            )
            if not left:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("rows are left")

    def shown(self, person=MEI, bot="student"):
        """What reached a phone."""
        return [m.text for m in self.sim.chat(person, TOKENS[bot]) if m.from_bot]

    def order(self, person=MEI, bot="student"):
        return [int(re.search(r"n(\d{3})", text)[1]) for text in self.shown(person, bot)]

    def sends(self):
        return [r for r in self.sim.requests if r.method == "sendMessage"]

    async def address(self, person_id):
        return await self.database.read(
            lambda u: u.scalar(sa.select(Address).where(Address.person_id == person_id))
        )

    async def operator_alerts(self):
        return await self.database.read(lambda u: set(u.scalars(sa.select(OperatorAlert.kind))))

    async def one_fault(self, **share):
        """The next request goes wrong so; those after it go well."""
        before = len(self.sim.requests)
        self.sim.faults = Faults(**share)
        await self.sim.wait_for(lambda s: len(s.requests) > before)
        self.sim.faults = Faults()
