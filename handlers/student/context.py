"""What handlers and dialog callbacks are given, behind one typed accessor."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any

from aiogram.types import User
from aiogram_dialog import DialogManager

from flows.enrolment import StudentView
from flows.errors import OutdatedAction
from flows.receive import Screened
from handlers.services import Services


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """One update's surroundings."""

    services: Services
    screened: Screened
    who: StudentView | None
    update_ref: int
    language: str

    def text(self, key: str, **args: Any) -> str:
        """A text in the person's language."""
        return self.services.texts.get(self.language, key, **args)

    @property
    def student(self) -> StudentView:
        """The student; OutdatedAction for a stranger with an old button."""
        if self.who is None:
            raise OutdatedAction
        return self.who

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


def make_context(values: Mapping[str, Any]) -> Context:
    """From the middleware's values."""
    who: StudentView | None = values["who"]
    user: User | None = values.get("event_from_user")
    guessed = "zh" if user and (user.language_code or "").lower().startswith("zh") else "en"
    return Context(
        values["services"],
        values["screened"],
        who,
        values["update_ref"],
        who.language if who is not None else guessed,
    )


def context_of(manager: DialogManager) -> Context:
    """The accessor for dialog getters and callbacks."""
    changed: Context | None = manager.middleware_data.get("changed_context")
    return changed or make_context(manager.middleware_data)


def keep_context(manager: DialogManager, context: Context) -> None:
    """What the rest of this update should see after a flow changed the student."""
    manager.middleware_data["changed_context"] = context
