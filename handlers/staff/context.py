"""What every staff handler is given: the services, and who is asking."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, cast

from telegram import Message, Update
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from content.desk_catalog import CannedReplies
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.staffing import StaffView
from handlers.services import Services
from handlers.staff.wording import Wording, zone_of

Facts = dict[str, Any]


class StaffContext(CallbackContext[ExtBot[None], Facts, Facts, Facts]):
    """One update of the staff bot."""

    # set by the guard before any other handler runs
    staff: StaffView | None = None
    language: str = "en"

    @property
    def services(self) -> Services:
        """The flows."""
        return cast(Services, self.application.bot_data["services"])

    @property
    def canned(self) -> CannedReplies:
        """The canned replies."""
        return cast(CannedReplies, self.application.bot_data["canned"])

    @property
    def me(self) -> StaffView:
        """The member of staff; FlowError NOT_STAFF for anybody else."""
        if self.staff is None or self.staff.revoked:
            raise FlowError(Refusal.NOT_STAFF)
        return self.staff

    @property
    def now(self) -> dt.datetime:
        """The Clock's time."""
        return self.services.clock.now()

    @property
    def wording(self) -> Wording:
        """Texts for whoever is asking."""
        zone = zone_of(self.staff.time_zone if self.staff else None)
        return Wording(self.services.texts, self.language, zone, self.now)

    def meet(self, staff: StaffView | None, language_code: str | None) -> None:
        """Remember who is asking, and in which language to answer."""
        self.staff = staff
        guess = "zh" if (language_code or "").lower().startswith("zh") else "en"
        self.language = staff.language if staff is not None else guess

    def hex_id(self, group: int = 1) -> uuid.UUID:
        """The opaque id in the pressed button."""
        if not self.matches:
            raise OutdatedAction
        return uuid.UUID(self.matches[0][group])

    def choice(self, group: int = 1) -> str:
        """Another part of the pressed button."""
        if not self.matches:
            raise OutdatedAction
        return str(self.matches[0][group])


StaffApplication = Application[
    ExtBot[None], StaffContext, Facts, Facts, Facts, JobQueue[StaffContext] | None
]


def chat_of(update: Update) -> int:
    """The private chat of an update that the guard let in."""
    assert update.effective_chat is not None
    return update.effective_chat.id


def message_of(update: Update) -> Message:
    """The message of an update that a message handler was given."""
    assert update.effective_message is not None
    return update.effective_message
