"""The staff bot: which update goes to which handler."""

from __future__ import annotations

from typing import Any

from telegram import Bot, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    JobQueue,
    MessageHandler,
    TypeHandler,
    filters,
)

from content.desk_catalog import CannedReplies
from flows.errors import OutdatedAction
from handlers.services import Services
from handlers.staff import (
    canned,
    card,
    closing,
    duty,
    guard,
    help,
    joining,
    numbers,
    paging,
    queue,
    talk,
    words,
)
from handlers.staff.context import StaffApplication, StaffContext
from handlers.staff.errors import on_error

_HEX = r"([0-9a-f]{32})"
_BEFORE_ALL = -1

_COMMANDS = {
    "start": joining.start,
    "help": help.show_help,
    "cancel": help.cancel,
    "queue": queue.queue,
    "case": card.by_number,
    "oncall": duty.on_call,
    "name": joining.name,
    "language": joining.language,
    "crisis": numbers.crisis,
}

# named in the design, not built yet: never advertised, kindly answered
_LATER = (
    "rota", "appointments", "helpers", "articles", "stories", "campaigns", "insights", "career",
    "audit", "drill",
)  # fmt: skip

# callback data that lasts: plain, opaque, at most 64 bytes; flows check the state again
_BUTTONS = {
    rf"c:(?:card|open):{_HEX}": card.open_card,
    rf"c:details:{_HEX}": card.details,
    rf"c:take:{_HEX}": card.take,
    rf"c:release:{_HEX}": card.ask_release,
    rf"c:give:{_HEX}": card.release,
    rf"c:(true|false):{_HEX}": card.label,
    rf"c:read:{_HEX}": words.open_unread,
    rf"c:words:{_HEX}": words.open_all,
    rf"c:notes:{_HEX}": words.open_notes,
    rf"c:write:{_HEX}": talk.write,
    rf"c:note:{_HEX}": talk.note,
    rf"c:leave:{_HEX}": talk.leave,
    rf"c:canned:{_HEX}": canned.choose,
    rf"c:can:{_HEX}:([a-z0-9-]+)": canned.preview,
    rf"c:say:{_HEX}:([a-z0-9-]+):([0-9]{{1,8}})": canned.send_reply,
    rf"c:close:{_HEX}": closing.choose,
    rf"c:close-as:{_HEX}:([a-z_]+)": closing.confirm,
    rf"c:closed:{_HEX}:([a-z_]+)": closing.close,
    rf"a:{_HEX}": paging.acknowledge,
    r"q:(\d{1,6})": queue.turn_page,
    r"o:(4|8|0|off)": duty.switch,
    r"o:show": duty.on_call,
    rf"o:give:{_HEX}": duty.give_back,
    r"r:list:(\d{1,6})": duty.list_staff,
    rf"r:ask:{_HEX}": duty.ask_revoke,
    rf"r:yes:{_HEX}": duty.revoke,
    r"l:(en|zh)": joining.set_language,
    r"n:yes": joining.accept_offered_name,
}


def build_application(
    services: Services, bot: Bot, *, job_queue: JobQueue[Any] | None = None
) -> StaffApplication:
    """An Application without updater and persistence; the caller initializes it."""
    built: Any = (
        Application.builder()
        .bot(bot)
        .updater(None)
        .job_queue(job_queue)
        .concurrent_updates(False)
        .context_types(ContextTypes(context=StaffContext))
        .build()
    )
    application: StaffApplication = built
    application.bot_data["services"] = services
    application.bot_data["canned"] = CannedReplies()
    _route(application)
    application.add_error_handler(on_error)
    return application


def _route(application: StaffApplication) -> None:
    new = filters.UpdateType.MESSAGE
    application.add_handler(TypeHandler(Update, guard.admit), group=_BEFORE_ALL)
    for name, command in _COMMANDS.items():
        application.add_handler(CommandHandler(name, command, filters=new))
    application.add_handler(CommandHandler(_LATER, help.not_here_yet, filters=new))
    for pattern, press in _BUTTONS.items():
        application.add_handler(CallbackQueryHandler(press, pattern=f"^{pattern}$"))
    application.add_handler(CallbackQueryHandler(_outdated))
    application.add_handler(MessageHandler(new & filters.COMMAND, help.unknown_command))
    application.add_handler(MessageHandler(new & filters.TEXT, talk.say))
    application.add_handler(MessageHandler(new & ~filters.StatusUpdate.ALL, talk.not_text))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, talk.edited))


async def _outdated(update: Update, context: StaffContext) -> None:
    raise OutdatedAction
