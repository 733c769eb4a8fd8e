"""Where somebody stands when what they did was kept and its reply was not."""

from __future__ import annotations

import uuid

from telegram import Bot, Chat, Update

from flows.desk import DESK_ROLES
from flows.errors import FlowError
from flows.staffing import StaffView
from handlers.rendered import Rendered
from handlers.services import Services
from handlers.staff import card, duty, help, joining, talk
from handlers.staff.screen import case_in, pressed_message, send_to
from handlers.staff.wording import Wording, zone_of


async def redraw(bot: Bot, update: Update, services: Services) -> None:
    """After a crash or a failed reply: the screen the person is on, built from facts."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or chat.type != Chat.PRIVATE:
        return
    me = await services.staffing.find(user.id)
    if me is None or me.revoked:
        return
    wording = Wording(services.texts, me.language, zone_of(me.time_zone), services.clock.now())
    screen = await _case_screen(me, update, services, wording)
    if update.callback_query is not None:
        # a button may have led elsewhere, and they have not seen where: their next text goes
        # nowhere until they choose. A text of theirs leaves them where they were
        await services.talk.interrupted(me.id)
    await send_to(bot, chat.id, Rendered(wording("staff-interrupted")))
    await send_to(bot, chat.id, screen or await _own_screen(me, services, wording))


async def _case_screen(
    me: StaffView, update: Update, services: Services, wording: Wording
) -> Rendered | None:
    """The case they write in, else the one whose button they pressed."""
    writing = await services.talk.writing_in(me.id)
    pressed = case_in(pressed_message(update))
    if writing is None and pressed is None:
        return None
    case_id = writing[0] if writing is not None else uuid.UUID(pressed)
    try:
        found = await services.desk.card(me.id, case_id)
    except FlowError:
        return None
    stays = writing is not None and update.callback_query is None
    if writing is not None and stays and writing[1] == "note":
        return talk.note_prompt(found, wording)
    return card.render(found, wording, services.crisis.directory, writing=stays)


async def _own_screen(me: StaffView, services: Services, wording: Wording) -> Rendered:
    """The step of joining they are at, else their duty, else what there is for them."""
    if me.name is None:
        return joining.welcome(me, wording)
    if me.role in DESK_ROLES:
        roster, waiting = (
            await services.staffing.roster(me.id),
            await services.alerts.waiting(me.id),
        )
        return duty.render(me, roster, waiting, wording)
    hours = services.policy.cases.staff_copies_deleted_after_h
    return Rendered(help.render(me, wording, hours))
