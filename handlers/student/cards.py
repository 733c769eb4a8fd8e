"""Cards and first screens that several conversations show."""

from __future__ import annotations

import html

from flows.help import HelpView
from flows.rules.risk import RiskLevel
from handlers.crisis_card import FEW, emergency_line, render_card
from handlers.rendered import Button, Rendered
from handlers.student.context import Context
from handlers.student.say import row

OTHER = {"en": "zh", "zh": "en"}


def crisis_card(context: Context, *, everything: bool = False) -> Rendered:
    """The numbers of the person's region, with one tap to a counselor."""
    card = _numbers(context, everything=everything)
    text = (
        f"<b>{context.text('crisis-title')}</b>\n\n{card}\n\n{context.text('crisis-static-note')}"
    )
    label = "button-talk-with-words" if context.words_wait else "button-talk-now"
    buttons = [row(Button(context.text(label), lasting(context, "h:ask")))]
    if not everything:
        more = Button(context.text("button-more-numbers"), lasting(context, "x:more"))
        buttons.append(row(more))
    return Rendered(text, (*buttons, way_back(context)))


def numbers_first(context: Context, key: str) -> str:
    """Somebody may be dying: the emergency number stands before every other word."""
    return f"{_numbers(context)}\n\n{context.text(key)}"


def emergency_and_one(context: Context) -> str:
    """The emergency number, the campus's desks and the first line to call: to stand under a text
    that is no card."""
    return _numbers(context, most=1)


def _numbers(context: Context, *, everything: bool = False, most: int = FEW) -> str:
    view = context.services.crisis.view(context.region)
    texts = context.services.texts.get
    return render_card(view, context.language, texts, everything=everything, most=most)


def emergency(context: Context) -> str:
    """The one line that holds when somebody is in danger now."""
    view = context.services.crisis.view(context.region)
    return emergency_line(view, context.language, context.services.texts.get)


def lasting(context: Context, what: str) -> str:
    """Data of a button that a stranger may press tomorrow: their language, and how bad it was.

    Their words are in memory only, and soon forgotten.
    """
    return _carrying(context, f"{what}:{context.language}")


def onward(context: Context, step: str) -> str:
    """Data of a button on a stranger's way in; it carries on how bad their words were."""
    return _carrying(context, f"o:{context.language}:{step}")


def _carrying(context: Context, data: str) -> str:
    level = context.carried
    return data if level is RiskLevel.NONE else f"{data}:!{level.rank}"


def way_back(context: Context) -> tuple[Button, ...]:
    """One button to where somebody can go: the menu, or the first screen before enrolment."""
    if context.enrolled:
        return row(Button(context.text("button-menu"), "m:menu"))
    return row(Button(context.text("button-back"), onward(context, "first")))


async def first_screen(context: Context) -> Rendered:
    """Three buttons, what this is not, and truthfully whether somebody is there."""
    language = context.language
    other = OTHER[language]
    state = await _state(context)
    text = "\n\n".join(
        (
            context.text("first-hello"),
            state,
            context.text("first-not-emergency"),
            emergency(context),
        )
    )
    return Rendered(
        text,
        (
            row(Button(context.text("button-talk-now"), lasting(context, "h:ask"))),
            row(Button(context.text("button-mood"), lasting(context, "d:ask"))),
            row(Button(context.text("button-look"), onward(context, "look"))),
            row(
                Button(context.text("button-numbers"), lasting(context, "x:crisis")),
                Button(
                    context.services.texts.get(other, "language-name"),
                    onward(context.in_language(other), "first"),
                ),
            ),
        ),
    )


async def _state(context: Context) -> str:
    who, help_flow = context.who.id if context.who else None, context.services.help
    # somebody who came for help first has a case before they have a menu
    found = await help_flow.current(who) if who else None
    if found is not None:
        return standing_text(context, found)
    return duty_line(context, anyone_on_call=await help_flow.is_anyone_on_call(who))


def standing_text(context: Context, found: HelpView) -> str:
    """How the student's case stands, truthfully."""
    if found.status == "taken":
        return context.text("case-with", name=counselor_name(context, found))
    key = "case-opened" if found.newly_open else "case-waiting"
    return f"{context.text(key)}\n\n{duty_line(context, anyone_on_call=found.anyone_on_call)}"


def standing(context: Context, found: HelpView) -> Rendered:
    """The same, with where to go from there."""
    numbers = row(Button(context.text("button-numbers"), "x:crisis"))
    return Rendered(standing_text(context, found), (numbers, way_back(context)))


def counselor_name(context: Context, found: HelpView) -> str:
    """The name the counselor chose, as HTML."""
    return html.escape(found.counselor_name or context.text("a-counselor"))


def duty_line(context: Context, *, anyone_on_call: bool) -> str:
    """Whether somebody is on duty now, and when people are there."""
    line = context.text("duty-now" if anyone_on_call else "duty-nobody")
    campus = context.services.policy.campus
    hours = campus.duty_hours_zh if context.language == "zh" else campus.duty_hours_en
    space = "" if context.language == "zh" else " "
    return f"{line}{space}{context.text('duty-hours', hours=hours)}" if hours else line


def help_consent(context: Context) -> Rendered:
    """The one consent of two sentences before a counselor, and the number whatever is chosen."""
    label = "button-help-yes-words" if context.words_wait else "button-help-yes"
    if context.carried is RiskLevel.IMMINENT:
        text = numbers_first(context, "help-consent")
    else:
        # the question stays in sight on a phone; the numbers are one tap away
        text = f"{context.text('help-consent')}\n\n{emergency(context)}"
    return Rendered(
        text,
        (
            row(Button(context.text(label), lasting(context, "h:yes"))),
            row(
                Button(context.text("button-not-now"), onward(context, "first")),
                Button(context.text("button-numbers"), lasting(context, "x:crisis")),
            ),
        ),
    )
