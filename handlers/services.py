"""What handlers are given: the flows, the texts, and nothing of storage."""

from __future__ import annotations

import dataclasses

from content.texts import Texts
from flows.alerts import Alerts
from flows.clock import Clock
from flows.copies import Copies
from flows.crisis import CrisisDesk
from flows.desk import Desk
from flows.enrolment import Enrolment
from flows.follow_ups import FollowUps
from flows.help import Help
from flows.moods import Moods
from flows.policy import Policy
from flows.privacy import Privacy
from flows.receive import RiskScreen
from flows.staffing import Staffing
from flows.talk import Talk


@dataclasses.dataclass(frozen=True, slots=True)
class Services:
    """Built once in `bot.wiring`."""

    texts: Texts
    screen: RiskScreen
    clock: Clock
    policy: Policy
    enrolment: Enrolment
    help: Help
    desk: Desk
    talk: Talk
    alerts: Alerts
    follow_ups: FollowUps
    staffing: Staffing
    privacy: Privacy
    moods: Moods
    crisis: CrisisDesk
    copies: Copies
