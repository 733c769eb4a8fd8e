"""What handlers and dialog callbacks are given, behind one typed accessor."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any

from aiogram.types import CallbackQuery, Message, TelegramObject, User
from aiogram_dialog import DialogManager

from flows.enrolment import StudentView
from flows.errors import OutdatedAction
from flows.receive import Screened
from flows.rules.risk import RiskLevel
from handlers.rendered import spaced
from handlers.services import Services

# before the first consent nothing is stored: the chosen language travels in the buttons
_IN_BUTTON = re.compile(r":(en|zh)(?=:|$)")
# how bad the words were that a card answered, last in the button: 2 or 3; all else is nothing
_LEVEL = re.compile(r"[a-z]:.+:!([23])")


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """One update's surroundings."""

    services: Services
    screened: Screened
    who: StudentView | None
    update_ref: int
    language: str
    # of words that nobody keeps: how bad, by the pressed button or by what is in memory,
    # and whether they still are in memory and will go along to a counselor
    carried: RiskLevel
    words_wait: bool

    def text(self, key: str, **args: Any) -> str:
        """A text in the person's language."""
        text = self.services.texts.get(self.language, key, **args)
        return spaced(text) if "name" in args else text

    @property
    def student(self) -> StudentView:
        """The student; OutdatedAction for a stranger with an old button."""
        if self.who is None:
            raise OutdatedAction
        return self.who

    @property
    def enrolled(self) -> bool:
        """Whether all consents are given: the menu, not the first screen, is where they stand."""
        return self.who is not None and self.who.stage in {"enrolled", "enrolling"}

    @property
    def region(self) -> str | None:
        """Whose numbers come first."""
        return self.who.region if self.who is not None else None

    @property
    def may_talk(self) -> bool:
        """Whether the student agreed that a counselor reads what they write."""
        agreed = self.who.consents if self.who is not None else ()
        return "counselor_access" in agreed or "help_first" in agreed

    def local(self, at: dt.datetime) -> str:
        """An instant as the student's wall clock says it."""
        zone = zoneinfo.ZoneInfo(self.who.time_zone if self.who is not None else "UTC")
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    def in_language(self, language: str) -> Context:
        """The same, in a language a stranger chose by button."""
        return dataclasses.replace(self, language=language)

    def now_as(self, who: StudentView) -> Context:
        """The same, after a flow changed the student."""
        return dataclasses.replace(self, who=who, language=who.language)


def make_context(event: TelegramObject, values: Mapping[str, Any]) -> Context:
    """From the update and the middleware's values."""
    who: StudentView | None = values["who"]
    user: User | None = values.get("event_from_user")
    guessed = "zh" if user and (user.language_code or "").lower().startswith("zh") else "en"
    services, screened = values["services"], values["screened"]
    waiting = RiskLevel.NONE
    if screened.person_id is None and user is not None:
        waiting = services.enrolment.waiting(user.id)
    return Context(
        services,
        screened,
        who,
        values["update_ref"],
        who.language if who is not None else chosen_language(event) or guessed,
        max(waiting, carried_level(event), key=lambda level: level.rank),
        waiting is not RiskLevel.NONE,
    )


def chosen_language(event: TelegramObject) -> str | None:
    """The language a stranger chose: in the pressed button, else in those beside it."""
    if not isinstance(event, CallbackQuery):
        return None
    found = (_IN_BUTTON.search(data) for data in (event.data or "", *_beside(event)))
    return next((match[1] for match in found if match), None)


def carried_level(event: TelegramObject) -> RiskLevel:
    """The level in a pressed button; NONE for buttons without one, and for forged ones."""
    data = event.data if isinstance(event, CallbackQuery) else None
    found = _LEVEL.fullmatch(data or "")
    return list(RiskLevel)[int(found[1])] if found else RiskLevel.NONE


def _beside(callback: CallbackQuery) -> Iterator[str]:
    message = callback.message
    keyboard = message.reply_markup if isinstance(message, Message) else None
    for row in keyboard.inline_keyboard if keyboard is not None else ():
        yield from (button.callback_data or "" for button in row)


def context_of(manager: DialogManager) -> Context:
    """The accessor for dialog getters and callbacks."""
    changed: Context | None = manager.middleware_data.get("changed_context")
    context: Context = changed or manager.middleware_data["context"]
    return context


def keep_context(manager: DialogManager, context: Context) -> None:
    """What the rest of this update should see after a flow changed the student."""
    manager.middleware_data["changed_context"] = context
