"""The case card: what it shows and which buttons its state allows. Never words."""

from __future__ import annotations

import html

from telegram import Update

from content.crisis_records import CrisisDirectory
from flows.desk import CaseCard, SignalLine
from flows.errors import OutdatedAction
from handlers.rendered import Button, Rendered
from handlers.staff.context import StaffContext
from handlers.staff.screen import answer, edit, pressed_message, rows, send, show
from handlers.staff.wording import Wording, case_mark, parse_case_mark


def render(
    card: CaseCard, wording: Wording, directory: CrisisDirectory, *, writing: bool = False
) -> Rendered:
    """A case at a glance; the directory knows what a region is called."""
    lines = [
        wording(
            "staff-card-title", case=case_mark(card.number), level=wording.level(card.triage)
        ),
        _status(card, wording),
        wording(
            f"staff-card-origin-{card.origin.replace('_', '-')}",
            at=wording.at(card.opened_at), age=wording.age(card.opened_at),
        ),
        wording(
            "staff-card-student",
            language=wording(f"staff-speaks-{card.student_language}"),
            region=_region(card, wording, directory),
            age=wording(f"staff-age-band-{card.age_band}"),
            clock=card.local_time,
        ),
        *_signals(card, wording),
        wording("staff-card-words", unread=card.unread, earlier=card.earlier_cases),
        *_paging(card, wording),
        *(wording(key) for key in _remarks(card)),
    ]  # fmt: skip
    if writing:
        lines += ["", wording("staff-writing-in", case=case_mark(card.number))]
    return Rendered("\n".join(lines), _buttons(card, wording, writing=writing))


def _region(card: CaseCard, wording: Wording, directory: CrisisDirectory) -> str:
    region = directory.regions.get(card.student_region or "")
    if region is None:
        return wording("staff-card-no-region")
    return html.escape(region.name[wording.language])


def _status(card: CaseCard, wording: Wording) -> str:
    if card.status == "waiting":
        if card.on_it_since is None or card.paging:
            return wording("staff-status-waiting")
        at = wording.at(card.on_it_since)
        return wording("staff-status-on-it", name=_on_it_name(card, wording), at=at)
    if card.status == "closed":
        reason = (card.disposition or "supported").replace("_", "-")
        return wording(
            "staff-status-closed",
            reason=wording(f"staff-disposition-{reason}"),
            at=wording.at(card.closed_at or card.opened_at),
        )
    if card.mine:
        return wording("staff-status-mine")
    name = html.escape(card.counselor_name or wording("staff-unnamed"))
    return wording("staff-status-taken", name=name)


def _signals(card: CaseCard, wording: Wording) -> list[str]:
    """Each reason in plain words, once; [Details] has the rest."""
    if not card.signals:
        return [wording("staff-card-no-signals")]
    lines = (
        wording("staff-card-signal", kind=_kind(line, wording), level=wording.level(line.level))
        for line in card.signals
    )
    return [wording("staff-card-signals"), *dict.fromkeys(lines)]


def _kind(line: SignalLine, wording: Wording) -> str:
    key = f"staff-signal-{line.kind.replace('_', '-')}"
    known = wording.texts.has(wording.language, key)
    return wording(key if known else "staff-signal-unknown")


def _detail(line: SignalLine, wording: Wording) -> str:
    return wording(
        "staff-card-detail",
        kind=_kind(line, wording),
        level=wording.level(line.level),
        tier=wording(f"staff-tier-{line.tier}"),
        reason=html.escape(line.reason),
        version=html.escape(line.version),
    )


def _paging(card: CaseCard, wording: Wording) -> list[str]:
    """Why it still pages: nobody came, or whoever said they would did not take it."""
    if not card.paging:
        return []
    if card.status == "taken":
        return [wording("staff-card-paging-unopened")]
    if card.on_it_since is None:
        return [wording("staff-card-paging")]
    at = wording.at(card.on_it_since)
    return [wording("staff-card-paging-again", name=_on_it_name(card, wording), at=at)]


def _on_it_name(card: CaseCard, wording: Wording) -> str:
    return html.escape(card.on_it_name or wording("staff-unnamed"))


def _remarks(card: CaseCard) -> list[str]:
    remarks = {
        "staff-card-marked-true": card.label == "true_alarm",
        "staff-card-marked-false": card.label == "false_alarm",
        "staff-card-not-meant": card.student_says_not_meant,
        "staff-card-some-not-meant": card.some_not_meant,
        "staff-card-degraded": card.degraded,
        "staff-card-blocked": card.student_blocked,
        "staff-card-undelivered": card.undelivered,
        "staff-card-no-code": card.no_code,
    }
    return [key for key, holds in remarks.items() if holds]


def button(wording: Wording, verb: str, case: str) -> Button:
    """A button on a case; its data is `c:<verb>:<case>`."""
    return Button(wording(f"staff-button-{verb}"), f"c:{verb}:{case}")


def _buttons(card: CaseCard, wording: Wording, *, writing: bool) -> tuple[tuple[Button, ...], ...]:
    verbs = ["words"]
    if card.status == "waiting":
        verbs = ["take", "words", "notes"]
    elif card.mine:
        talk = "leave" if writing else "write"
        verbs = ["words", talk, "note", "notes", "canned", "release", "close"]
    else:
        verbs = ["words", "notes"]
    if card.signals:
        verbs.append("details")
    laid = rows(button(wording, verb, card.case_id.hex) for verb in verbs)
    if card.alert_id is not None and not card.mine:
        on_it = Button(wording("staff-button-on-it"), f"a:{card.alert_id.hex}")
        laid = ((on_it,), *laid)
    if card.signals and (card.mine or card.status == "closed"):
        laid += rows(button(wording, verb, card.case_id.hex) for verb in ("true", "false"))
    return (*laid, (Button(wording("staff-button-queue"), "q:0"),))


async def is_writing(context: StaffContext, card: CaseCard) -> bool:
    """Whether the next text goes to this case's student."""
    return await context.services.talk.writing_in(context.me.id) == (card.case_id, "talk")


async def rendered_card(context: StaffContext, card: CaseCard) -> Rendered:
    """A card that knows whether its talk is open."""
    directory = context.services.crisis.directory
    return render(card, context.wording, directory, writing=await is_writing(context, card))


async def open_card(update: Update, context: StaffContext) -> None:
    """[Card]: in place of the pressed message, or below words that should stay readable."""
    case_id = context.hex_id()
    await context.services.talk.leave_other(context.me.id, case_id)
    card = await context.services.desk.card(context.me.id, case_id)
    await show(update, context, await rendered_card(context, card))


async def details(update: Update, context: StaffContext) -> None:
    """[Details]: what each reason rests on, and by which version it was found."""
    card = await context.services.desk.card(context.me.id, context.hex_id())
    wording = context.wording
    lines = [wording("staff-card-details", case=case_mark(card.number))]
    lines += [_detail(line, wording) for line in card.signals]
    back = rows((button(wording, "card", card.case_id.hex),))
    await show(update, context, Rendered("\n".join(lines), back))


async def take(update: Update, context: StaffContext) -> None:
    """[Take]: the talk is open from now on, and the card says so."""
    card = await context.services.desk.take(context.me.id, context.hex_id())
    await show(update, context, await rendered_card(context, card))


async def ask_release(update: Update, context: StaffContext) -> None:
    """[Release]: asked once; the card stands between the other buttons and a slip of the thumb."""
    card = await context.services.desk.card(context.me.id, context.hex_id())
    wording = context.wording
    if not card.mine:
        raise OutdatedAction
    text = wording("staff-release-ask", case=case_mark(card.number))
    yes = button(wording, "give", card.case_id.hex)
    keep = Button(wording("staff-button-keep"), f"c:card:{card.case_id.hex}")
    await show(update, context, Rendered(text, rows((yes, keep))))


async def release(update: Update, context: StaffContext) -> None:
    """Confirmed: back to the queue."""
    card = await context.services.desk.release(context.me.id, context.hex_id())
    await show(update, context, await rendered_card(context, card))


async def label(update: Update, context: StaffContext) -> None:
    """[True alarm] and [False alarm]: kept as a label of the flags, and the card shows it."""
    said, case_id = context.choice(1), context.hex_id(2)
    await context.services.desk.label(context.me.id, case_id, f"{said}_alarm")
    await answer(update, context.wording(f"staff-labelled-{said}"))
    pressed = pressed_message(update)
    if pressed is not None:
        card = await context.services.desk.card(context.me.id, case_id)
        await edit(update, context, pressed.message_id, await rendered_card(context, card))


async def by_number(update: Update, context: StaffContext) -> None:
    """/case H-0012, or just the number."""
    number = parse_case_mark(" ".join(context.args or ()))
    if number is None:
        await send(update, context, Rendered(context.wording("staff-case-usage")))
        return
    case_id = await context.services.desk.find(context.me.id, number)
    if case_id is None:
        text = context.wording("staff-case-unknown", case=case_mark(number))
        await send(update, context, Rendered(text))
        return
    await context.services.talk.leave_other(context.me.id, case_id)
    card = await context.services.desk.card(context.me.id, case_id)
    await send(update, context, await rendered_card(context, card))
