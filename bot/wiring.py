"""Builds everything once: store, flows, bots, intake, senders, sweeps."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from telegram.error import TelegramError
from telegram.ext import Application, ExtBot, JobQueue
from telegram.request import HTTPXRequest

from bot.away import telegram_faults
from bot.delivery import Delivery
from bot.emergency import Emergency
from bot.health import BotHealth, Health
from bot.intake import Intake, Poller, look_at_parked
from bot.lanes import Lanes
from bot.limiter import Limiter, Limits, sending_as
from bot.limits import AiogramLimits, PtbLimits
from bot.pager import Pager
from bot.risk_model import Screen, load_screen_lexicon
from bot.screens import Screens
from bot.session import JsonSession
from bot.settings import Settings, SettingsFault
from bot.static_card import render_static_card
from bot.sweeper import Sweeper
from bot.waiting import open_when_it_is_there
from bot.worker import Finisher, StaffWorker, Students, StudentWorker
from content.crisis_catalog import CampusContacts, load_directory
from content.texts import LANGUAGES, Texts
from flows.alerts import Alerts
from flows.clock import Clock, SystemClock
from flows.copies import Copies
from flows.crisis import CrisisDesk
from flows.desk import Desk
from flows.enrolment import Enrolment
from flows.follow_ups import FollowUps
from flows.help import Help
from flows.moods import Moods
from flows.post import PostOffice
from flows.privacy import Privacy
from flows.receive import Receive
from flows.retention import Retention
from flows.rules.risk import Lexicon
from flows.staffing import Staffing
from flows.talk import Talk
from handlers import staff as staff_bot
from handlers import student as student_bot
from handlers.services import Services
from handlers.staff import outgoing as staff_letters
from handlers.student import outgoing as student_letters
from storage.bot_locks import BotLocks
from storage.database import Database
from storage.encryption import MasterKeys
from storage.errors import StoreDown
from storage.looking import LookOnly
from storage.opening import open_database

BOTS = ("student", "staff")


def campus_contacts(settings: Settings) -> CampusContacts | None:
    """The campus's own counseling center and security desk, where they are set."""
    campus = settings.tuned.campus
    return CampusContacts.from_settings(
        center=(campus.center_name_en, campus.center_name_zh, campus.center_phone),
        security=(campus.security_name_en, campus.security_name_zh, campus.security_phone),
    )


def api_server(settings: Settings) -> TelegramAPIServer:
    """Where the Bot API is: Telegram's, a local one, or the simulator."""
    return TelegramAPIServer.from_base(settings.bot_api_url)


def make_bot(settings: Settings, token: str, limiter: Limiter) -> Bot:
    """An aiogram client under the shared limiter."""
    session = JsonSession(api=api_server(settings), timeout=settings.tuned.intake.reply_timeout_s)
    session.middleware(AiogramLimits(limiter))
    return Bot(token, session=session, default=DefaultBotProperties(parse_mode="HTML"))


def make_staff_client(settings: Settings, token: str, limiter: Limiter) -> ExtBot[Any]:
    """A python-telegram-bot client under the same limiter."""
    return ExtBot(
        token,
        base_url=f"{settings.bot_api_url}/bot",
        base_file_url=f"{settings.bot_api_url}/file/bot",
        request=HTTPXRequest(connection_pool_size=32, pool_timeout=10.0),
        get_updates_request=HTTPXRequest(connection_pool_size=1),
        rate_limiter=PtbLimits(limiter),
    )


@dataclasses.dataclass
class Handrail:
    """A running Handrail: one or both bots in this process."""

    settings: Settings
    database: Database
    clock: Clock
    health: Health
    services: Services
    receive: Receive
    screen: Screen
    sweeper: Sweeper
    clients: dict[str, Bot]
    pager: Pager
    # by bot, for those of this process
    deliveries: dict[str, Delivery] = dataclasses.field(default_factory=dict)
    intakes: dict[str, Intake] = dataclasses.field(default_factory=dict)
    lanes: dict[str, Lanes] = dataclasses.field(default_factory=dict)
    pollers: dict[str, Poller] = dataclasses.field(default_factory=dict)
    students: Students | None = None
    staff_client: ExtBot[Any] | None = None
    application: Application[Any, Any, Any, Any, Any, Any] | None = None
    # set once the application is initialized
    staff_ready: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)

    def shorten_timeouts(self, seconds: float) -> None:
        """Wait less for Telegram's answers (the durability benchmark loses many on purpose)."""
        for client in self.clients.values():
            client.session.timeout = seconds
        for delivery in self.deliveries.values():
            delivery.request_timeout_s = seconds

    async def drained(self) -> None:
        """Wait until every stored update is handled."""
        for lanes in self.lanes.values():
            await lanes.drained()


def load_services(
    settings: Settings, database: Database, clock: Clock, screen: Screen
) -> tuple[Services, Receive]:
    """The flows, built once."""
    policy = settings.tuned.policy
    receive = Receive(database, clock, policy, screen)
    crisis = CrisisDesk(
        database, clock, load_directory(), campus_contacts(settings), policy.campus.region
    )
    services = Services(
        texts=Texts(),
        screen=screen,
        clock=clock,
        policy=policy,
        enrolment=Enrolment(database, clock, policy, receive),
        help=Help(database, clock, policy),
        desk=Desk(database, clock, policy),
        talk=Talk(database, clock),
        alerts=Alerts(database, clock, policy),
        follow_ups=FollowUps(database, clock, policy),
        staffing=Staffing(database, clock, policy),
        privacy=Privacy(database, clock, policy),
        moods=Moods(database, clock),
        crisis=crisis,
        copies=Copies(database, clock, policy),
    )
    return services, receive


async def open_store(settings: Settings, clock: Clock, *, new_campus: bool = False) -> Database:
    """The store under its keys; SettingsFault when there are none."""
    return await open_database(
        settings.database_url,
        settings.tuned.campus.id,
        _master_keys(settings),
        clock.now(),
        new_campus=new_campus,
    )


def look_at_store(settings: Settings) -> Database:
    """The store to be read beside whichever process holds it; SettingsFault without keys."""
    return LookOnly(settings.database_url, settings.tuned.campus.id, _master_keys(settings))


def _master_keys(settings: Settings) -> MasterKeys:
    if settings.keys is None:
        raise SettingsFault(
            "HANDRAIL_KEYS is not set. Make a key with `python -m bot make-key`, keep it "
            "somewhere safe, apart from the backups, and set HANDRAIL_KEYS to it."
        )
    return MasterKeys.parse(settings.keys)


def token_of(settings: Settings, bot: str) -> str:
    """A bot's token; SettingsFault names the variable."""
    token = settings.student_token if bot == "student" else settings.staff_token
    if token is None:
        raise SettingsFault(f"HANDRAIL_{bot.upper()}_TOKEN is not set (BotFather gives it)")
    return token


@contextlib.asynccontextmanager
async def build(
    settings: Settings,
    *,
    bots: Sequence[str] = BOTS,
    clock: Clock | None = None,
    lift_limits: bool = False,
) -> AsyncIterator[Handrail]:
    """Everything wired and the store open; nothing runs yet."""
    clock = clock or SystemClock()
    tokens = {bot: token_of(settings, bot) for bot in BOTS}
    health = Health()
    polling = settings.tuned.intake.mode == "polling"
    health.bots = {bot: BotHealth(polling=polling) for bot in bots}
    lexicon = load_screen_lexicon()
    limits = Limits(**settings.tuned.limits.model_dump(), lifted=lift_limits)
    limiters = {bot: Limiter(limits) for bot in BOTS}
    async with contextlib.AsyncExitStack() as closing:
        pager = Pager(settings.alert_webhook)
        closing.push_async_callback(pager.close)
        clients = {bot: make_bot(settings, tokens[bot], limiters[bot]) for bot in BOTS}
        for client in clients.values():
            closing.push_async_callback(client.session.close)
        emergency = _emergency(settings, clock, lexicon, clients, pager)
        locks = BotLocks(settings.database_url, settings.tuned.campus.id, bots)
        closing.push_async_callback(locks.close)

        async def open_alone() -> Database:
            await locks.take()
            return await open_store(settings, clock)

        database = await open_when_it_is_there(
            open_alone,
            settings,
            emergency,
            health,
            {bot: tokens[bot] for bot in bots},
        )
        closing.push_async_callback(database.close)
        screen = Screen(lexicon, budget_ms=settings.tuned.screen.budget_ms)
        services, receive = load_services(settings, database, clock, screen)
        with contextlib.suppress(StoreDown):
            # the sweeper asks again each minute
            await services.crisis.load()
        post_office = PostOffice(database, clock, services.policy)
        intakes: dict[str, Intake] = {}
        sweeper = Sweeper(
            services=services,
            retention=Retention(database, clock, settings.tuned.policy.retention),
            pager=pager,
            clients=clients,
            look_at_parked=partial(look_at_parked, database, health, intakes),
            stay_alone=locks.take,
            health=health,
        )
        built = Handrail(
            settings=settings,
            database=database,
            clock=clock,
            health=health,
            services=services,
            receive=receive,
            screen=screen,
            sweeper=sweeper,
            clients=clients,
            pager=pager,
            intakes=intakes,
        )
        worker: StudentWorker | StaffWorker
        for bot in bots:
            if bot == "student":
                worker, render = _student_worker(built, post_office, emergency)
            else:
                staff_client = make_staff_client(settings, tokens[bot], limiters[bot])
                closing.push_async_callback(_shut_down, staff_client)
                worker, render = _staff_worker(built, post_office, staff_client, emergency)
            _add_bot(built, bot, worker, emergency, tokens[bot])
            built.deliveries[bot] = Delivery(
                bot=bot,
                client=clients[bot],
                post_office=post_office,
                render=_renderer(render, services),
                clock=clock,
                limiter=limiters[bot],
                on_card_failed=partial(emergency.send_card, bot),
                health=health,
                alerts=services.alerts,
            )
            database.letter_hooks.append(built.deliveries[bot].wake)
        yield built


def _student_worker(
    built: Handrail, post_office: PostOffice, emergency: Emergency
) -> tuple[StudentWorker, Any]:
    screens = Screens(built.database, "student")
    built.students = Students(built.services.enrolment)
    worker = StudentWorker(
        bot=built.clients["student"],
        dispatcher=student_bot.build_dispatcher(built.services, screens),
        screens=screens,
        receive=built.receive,
        students=built.students,
        finisher=Finisher("student", built.database, built.clock),
        post_office=post_office,
        services=built.services,
        health=built.health,
        emergency=emergency,
    )
    return worker, student_letters.render


def _staff_worker(
    built: Handrail, post_office: PostOffice, client: ExtBot[Any], emergency: Emergency
) -> tuple[StaffWorker, Any]:
    queue: JobQueue[Any] = JobQueue()
    queue.scheduler = built.sweeper.scheduler
    built.staff_client = client
    built.application = staff_bot.build_application(built.services, client, job_queue=queue)
    worker = StaffWorker(
        application=built.application,
        ready=built.staff_ready,
        finisher=Finisher("staff", built.database, built.clock),
        post_office=post_office,
        services=built.services,
        health=built.health,
        emergency=emergency,
    )
    return worker, staff_letters.render


def _add_bot(
    built: Handrail,
    bot: str,
    worker: StudentWorker | StaffWorker,
    emergency: Emergency,
    token: str,
) -> None:
    """What takes in one bot's updates: the poller, the intake, the lanes."""
    settings = built.settings
    lanes = Lanes(
        worker.screen,
        worker.handle,
        worker.park,
        settings.tuned.intake.lanes_at_once,
        emergency.answer_stored,
    )
    intake = Intake(bot, built.database, built.clock, lanes, emergency, built.health)
    built.lanes[bot], built.intakes[bot] = lanes, intake
    built.pollers[bot] = Poller(
        intake,
        settings.bot_api_url,
        token,
        built.health.bots[bot],
        settings.tuned.intake.poll_timeout_s,
    )


async def _shut_down(client: ExtBot[Any]) -> None:
    with contextlib.suppress(TelegramError, RuntimeError):
        await client.shutdown()


def _emergency(
    settings: Settings, clock: Clock, lexicon: Lexicon, clients: Mapping[str, Bot], pager: Pager
) -> Emergency:
    """The path that needs no store, and so is there before it."""
    directory, texts = load_directory(), Texts()

    async def send_plain(client: Bot, chat_id: int, text: str) -> None:
        with telegram_faults(), sending_as(0):
            await client.send_message(chat_id, text)

    def static_card(region: str | None) -> str:
        return render_static_card(
            directory,
            region or settings.tuned.campus.region,
            clock.now(),
            campus_contacts(settings),
            texts,
        )

    sends = {bot: partial(send_plain, client) for bot, client in clients.items()}
    not_through = "\n\n".join(texts.get(language, "not-through") for language in LANGUAGES)
    return Emergency(lexicon, static_card, sends, pager.operator_ping, not_through)


def _renderer(render: Any, services: Services) -> Callable[[str, dict[str, Any], str], Any]:
    def bound(text_key: str, args: dict[str, Any], language: str) -> Any:
        return render(text_key, args, language, services)

    return bound


__all__ = ["BOTS", "Handrail", "build", "open_store"]
