"""Coming in by a one-time code; then a language, a name, and on call. No step is kept anywhere."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, Update

from content.texts import LANGUAGES, Texts
from flows.errors import OutdatedAction
from flows.staffing import StaffView
from handlers.rendered import Button, Rendered
from handlers.staff import commands, duty, help
from handlers.staff.context import StaffContext, chat_of, message_of
from handlers.staff.screen import answer, ask, pressed_message, rows, send, show
from handlers.staff.wording import Wording

_NAME_LIMIT = 40


async def start(update: Update, context: StaffContext) -> None:
    """/start and /start CODE (a deep link is the same thing)."""
    code = " ".join(context.args or ())
    if not code:
        await help.show_help(update, context)
        return
    await _join(update, context, code)


async def typed_code(update: Update, context: StaffContext) -> None:
    """A stranger typed the code itself."""
    await _join(update, context, message_of(update).text or "")


async def _join(update: Update, context: StaffContext, code: str) -> None:
    user = update.effective_user
    assert user is not None
    staff = await context.services.staffing.accept(user.id, code, context.language)
    context.meet(staff, user.language_code)
    await send(update, context, welcome(staff, context.wording))
    await commands.publish_for(context.bot, chat_of(update), staff, context.services)


async def language(update: Update, context: StaffContext) -> None:
    """/language"""
    await send(
        update, context,
        Rendered(context.wording("staff-language-ask"), _languages(context.services.texts)),
    )  # fmt: skip


async def set_language(update: Update, context: StaffContext) -> None:
    """A language was chosen; somebody new is asked for a name next."""
    staff = await context.services.staffing.set_language(context.me.id, context.choice())
    context.meet(staff, None)
    if staff.name is None:
        text = context.wording("staff-step-name", total=_steps(staff))
        await show(update, context, Rendered(text))
        await ask(update, context, context.wording("staff-name-prompt"))
    else:
        await show(update, context, Rendered(context.wording("staff-language-set")))
    await commands.publish_for(context.bot, chat_of(update), staff, context.services)


async def name(update: Update, context: StaffContext) -> None:
    """/name, or /name Ms. Lin"""
    typed = " ".join(context.args or ())
    if typed:
        await _set_name(update, context, typed)
    else:
        await ask(update, context, context.wording("staff-name-prompt"))


async def take_name_reply(update: Update, context: StaffContext) -> bool:
    """Whether this text answers the prompt for a name: the prompt replied to marks the step."""
    message = message_of(update)
    prompt = message.reply_to_message
    texts = context.services.texts
    prompts = {texts.get(language, "staff-name-prompt") for language in LANGUAGES}
    if prompt is None or prompt.text not in prompts:
        return False
    await _set_name(update, context, message.text or "")
    return True


async def offer_as_name(update: Update, context: StaffContext) -> bool:
    """Somebody without a name typed a short line, no talk is open: ask whether that is it."""
    message, wording = message_of(update), context.wording
    typed = message.text or ""
    if context.me.name is not None or len(typed) > _NAME_LIMIT or "\n" in typed:
        return False
    await context.bot.send_message(
        chat_id=chat_of(update),
        text=wording("staff-name-is-this-it"),
        # the line itself stays in their message: callback data holds no names
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        reply_markup=InlineKeyboardMarkup(
            [[InlineKeyboardButton(wording("staff-button-name-yes"), callback_data="n:yes")]]
        ),
    )
    return True


async def accept_offered_name(update: Update, context: StaffContext) -> None:
    """[Yes, this is my name]"""
    pressed = pressed_message(update)
    line = pressed.reply_to_message if pressed is not None else None
    if line is None or not line.text:
        raise OutdatedAction
    await _set_name(update, context, line.text)


async def _set_name(update: Update, context: StaffContext, typed: str) -> None:
    staff = await context.services.staffing.set_name(context.me.id, typed)
    context.meet(staff, None)
    await show(update, context, duty.after_name(context))
    await answer(update)


def welcome(staff: StaffView, wording: Wording) -> Rendered:
    """They are in; the first step of joining."""
    role = wording(f"staff-role-{staff.role}")
    text = wording("staff-joined", role=role, total=_steps(staff))
    return Rendered(text, _languages(wording.texts))


def _steps(staff: StaffView) -> int:
    return 3 if staff.role == "counselor" else 2


def _languages(texts: Texts) -> tuple[tuple[Button, ...], ...]:
    return rows(Button(texts.get(each, "staff-language-name"), f"l:{each}") for each in LANGUAGES)
