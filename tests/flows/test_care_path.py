"""The path that matters most, flow by flow, on a real database."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from flows.alerts import Alerts
from flows.desk import Desk
from flows.enrolment import Enrolment
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.follow_ups import FollowUps
from flows.help import Help
from flows.policy import Policy
from flows.privacy import Privacy
from flows.receive import Incoming, Part, Receive, Screened
from flows.rules.risk import Assessment, RiskLevel, Signal
from flows.staffing import Staffing
from storage.tables import Alert, Case, Message, Outbox

MEI, LIN, KIM = 501, 601, 602


class FixedScreen:
    """Levels by plain words, so that these tests do not move with the lexicon."""

    async def assess(self, text: str) -> Assessment:
        level = RiskLevel.NONE
        for word, found in (("IMMINENT", RiskLevel.IMMINENT), ("ELEVATED", RiskLevel.ELEVATED)):
            if word in text:
                level = found
                break
        signals = ()
        if level is not RiskLevel.NONE:
            signals = (Signal("plan", "lexicon", level, "test", 0, len(text), "t1"),)
        return Assessment(level, level.rank / 3, "en", False, 0.0, signals, "t1", None, False)


class Path:
    """All flows of the path over one database."""

    def __init__(self, database, clock):
        policy = Policy().model_copy(
            update={"enrolment": Policy().enrolment.model_copy(update={"open": True})}
        )
        self.database, self.clock = database, clock
        self.receive = Receive(database, clock, policy, FixedScreen())
        self.enrolment = Enrolment(database, clock, policy, self.receive)
        self.help = Help(database, clock, policy)
        self.desk = Desk(database, clock, policy)
        self.alerts = Alerts(database, clock, policy)
        self.follow_ups = FollowUps(database, clock, policy)
        self.staffing = Staffing(database, clock, policy)
        self.privacy = Privacy(database, clock, policy)
        self._update = 0

    async def student(self):
        return (await self.enrolment.begin(MEI, "zh", "adult", "CN")).id

    async def counselor(self, telegram_id=LIN, *, on_call=True, role="counselor"):
        code = await self.staffing.invite(role)
        view = await self.staffing.accept(telegram_id, code, "en")
        if on_call and role == "counselor":
            await self.staffing.set_on_call(view.id, True)
        return view.id

    async def writes(self, student_id, text, *, again=False, update=None) -> Screened:
        self._update += 1
        return await self.receive.receive(
            Incoming(
                "student", update or self._update, MEI, student_id, (Part("text", text),), again
            )
        )

    async def outbox(self, text_key):
        return await self.database.read(
            lambda u: list(u.scalars(sa.select(Outbox).where(Outbox.text_key == text_key)))
        )

    async def case(self):
        return await self.database.read(lambda u: u.scalar(sa.select(Case)))


@pytest.fixture
def path(database, clock):
    return Path(database, clock)


async def test_whole_path(path):
    student, lin = await path.student(), await path.counselor()
    screened = await path.writes(student, "IMMINENT words")
    assert screened.flagged and screened.case_id is not None
    assert len(await path.outbox("out-card")) == 1
    pages = await path.outbox("staff-out-page")
    assert [p.person_id for p in pages] == [lin]

    card = await path.desk.take(lin, screened.case_id)
    assert card.mine and card.signals[0].kind == "plan" and not card.paging
    opened = await path.desk.open_words(lin, screened.case_id)
    assert [w.body for w in opened.words] == ["IMMINENT words"]
    assert (await path.privacy.view(student)).accesses[0].what == "words"

    await path.desk.say(lin, "I am here.", 9001)
    assert len(await path.outbox("out-from-counselor")) == 1
    plain = await path.writes(student, "thank you")
    assert (await path.help.say(student, plain)).status == "taken"
    assert len(await path.outbox("staff-out-new-words")) == 1

    closed = await path.desk.close(lin, screened.case_id, "supported")
    assert closed.status == "closed"
    assert await path.follow_ups.ask_due() == 0
    path.clock.advance(dt.timedelta(hours=21))
    assert await path.follow_ups.ask_due() == 1
    assert await path.follow_ups.ask_due() == 0
    (asked,) = await path.outbox("out-follow-up")
    follow_up_id = uuid.UUID(asked.cause.split(":")[1])
    answered = await path.follow_ups.answer(student, follow_up_id, "worse")
    assert answered.reopened and answered.number == closed.number
    with pytest.raises(OutdatedAction):
        await path.follow_ups.answer(student, follow_up_id, "worse")


async def test_message_assessment_case_and_alert_share_one_commit(path):
    student = await path.student()
    screened = await path.writes(student, "IMMINENT words")

    def rows(unit):
        message = unit.get(Message, screened.message_ids[0])
        return message.case_id, unit.scalar(sa.select(Alert.case_id))

    assert await path.database.read(rows) == (screened.case_id, screened.case_id)


async def test_handled_again_after_a_crash_writes_nothing_twice(path):
    student = await path.student()
    first = await path.writes(student, "ELEVATED words", update=77)
    second = await path.writes(student, "ELEVATED words", update=77, again=True)
    assert second.message_ids == first.message_ids and second.case_id == first.case_id
    assert len(await path.outbox("out-flag-notice")) == 1


async def test_later_flags_join_the_one_open_case_and_raise_it(path):
    student = await path.student()
    one = await path.writes(student, "ELEVATED words")
    two = await path.writes(student, "IMMINENT words")
    assert one.case_id == two.case_id
    assert (await path.case()).triage == RiskLevel.IMMINENT.rank


async def test_pages_go_on_up_the_ladder_until_acknowledged(path):
    student, lin = await path.student(), await path.counselor()
    kim = await path.counselor(KIM, role="admin")
    await path.writes(student, "IMMINENT words")
    for _ in range(3):
        path.clock.advance(dt.timedelta(seconds=121))
        assert await path.alerts.page_due() == 1
    pages = await path.outbox("staff-out-page")
    assert [p.person_id for p in pages].count(lin) == 4
    assert [p.person_id for p in pages].count(kim) == 2
    due = await path.alerts.webhooks_due()
    assert [w.number for w in due if w.kind == "imminent_unacknowledged"] == [1]
    alert_id = await path.database.read(lambda u: u.scalar(sa.select(Alert.id)))
    assert (await path.alerts.acknowledge(lin, alert_id)).rounds == 4
    with pytest.raises(OutdatedAction):
        await path.alerts.acknowledge(kim, alert_id)
    path.clock.advance(dt.timedelta(hours=1))
    assert await path.alerts.page_due() == 0


async def test_nobody_on_call_pages_admins_and_webhook_at_once(path):
    student = await path.student()
    kim = await path.counselor(KIM, role="admin")
    await path.writes(student, "IMMINENT words")
    assert [p.person_id for p in await path.outbox("staff-out-page")] == [kim]
    assert await path.alerts.webhooks_due()


async def test_not_meant_is_stored_and_lowers_nothing(path):
    student = await path.student()
    screened = await path.writes(student, "IMMINENT words")
    assert await path.help.not_meant(student, screened.case_id) is RiskLevel.IMMINENT
    assert (await path.case()).triage == RiskLevel.IMMINENT.rank


async def test_two_counselors_cannot_take_one_case(path):
    student = await path.student()
    lin, other = await path.counselor(), await path.counselor(603)
    case = await path.help.ask(student)
    await path.desk.take(lin, case.case_id)
    with pytest.raises(FlowError) as refused:
        await path.desk.take(other, case.case_id)
    assert refused.value.reason is Refusal.TAKEN


async def test_a_silent_case_returns_to_the_queue_and_pages(path):
    student, lin = await path.student(), await path.counselor()
    screened = await path.writes(student, "IMMINENT words")
    await path.desk.take(lin, screened.case_id)
    path.clock.advance(dt.timedelta(minutes=11))
    assert await path.desk.return_silent() == 1
    assert (await path.case()).status == "waiting"
    assert len(await path.outbox("staff-out-page")) == 2


async def test_revoking_bites_at_once(path):
    student, lin = await path.student(), await path.counselor()
    case = await path.help.ask(student)
    await path.desk.take(lin, case.case_id)
    await path.staffing.revoke(None, lin)
    assert (await path.case()).status == "waiting"
    for step in (
        lambda: path.desk.queue(lin),
        lambda: path.desk.open_words(lin, case.case_id),
        lambda: path.desk.say(lin, "x", 1),
    ):
        with pytest.raises(FlowError) as refused:
            await step()
        assert refused.value.reason is Refusal.NOT_STAFF


async def test_words_before_consent_are_kept_in_memory_until_help_is_asked_for(path):
    stranger = await path.writes(None, "IMMINENT words")
    assert stranger.flagged and not stranger.message_ids
    assert await path.database.read(lambda u: u.scalar(sa.select(sa.func.count(Message.id)))) == 0
    await path.enrolment.ask_for_help_first(MEI, "en", 5)
    case = await path.case()
    assert case.triage == RiskLevel.IMMINENT.rank
    assert len(await path.outbox("out-card")) == 1
    await path.enrolment.ask_for_help_first(MEI, "en", 6)
    assert await path.database.read(lambda u: u.scalar(sa.select(sa.func.count(Message.id)))) == 1


@pytest.mark.parametrize("bad", ["", "ABCDE-FGHJK", "💀"])
async def test_unknown_invites_are_refused(path, bad):
    with pytest.raises(FlowError) as refused:
        await path.staffing.accept(LIN, bad, "en")
    assert refused.value.reason is Refusal.UNKNOWN_CODE


async def test_used_and_expired_codes_say_so(path):
    code = await path.staffing.invite("counselor")
    await path.staffing.accept(LIN, code.lower().replace("-", " "), "en")
    with pytest.raises(FlowError) as used:
        await path.staffing.accept(605, code, "en")
    assert used.value.reason is Refusal.USED_CODE
    old = await path.staffing.invite("admin")
    path.clock.advance(dt.timedelta(days=8))
    with pytest.raises(FlowError) as expired:
        await path.staffing.accept(605, old, "en")
    assert expired.value.reason is Refusal.EXPIRED_CODE


def test_only_receive_makes_a_screened():
    with pytest.raises(TypeError):
        Screened(RiskLevel.NONE, None, (), None, False, False, "en")
