"""Cards and first screens that several conversations show."""

from __future__ import annotations

from handlers.crisis_card import render_card
from handlers.rendered import Button, Rendered
from handlers.student.context import Context
from handlers.student.say import row

OTHER = {"en": "zh", "zh": "en"}


def crisis_card(context: Context, *, everything: bool = False) -> Rendered:
    """The numbers of the person's region, with one tap to a counselor."""
    view = context.services.crisis.view(context.region)
    card = render_card(view, context.language, context.services.texts.get, everything=everything)
    text = (
        f"<b>{context.text('crisis-title')}</b>\n\n{card}\n\n{context.text('crisis-static-note')}"
    )
    buttons = [row(Button(context.text("button-talk-now"), f"h:ask:{context.language}"))]
    if not everything:
        more = Button(context.text("button-more-numbers"), f"x:more:{context.language}")
        buttons.append(row(more))
    return Rendered(text, tuple(buttons))


async def first_screen(context: Context) -> Rendered:
    """Three buttons, what this is not, and truthfully whether somebody is there."""
    language = context.language
    other = OTHER[language]
    text = "\n\n".join(
        (
            context.text("first-hello"),
            await duty_line(context),
            context.text("first-not-emergency"),
        )
    )
    return Rendered(
        text,
        (
            row(Button(context.text("button-talk-now"), f"h:ask:{language}")),
            row(Button(context.text("button-mood"), f"d:ask:{language}")),
            row(Button(context.text("button-look"), f"o:{language}:look")),
            row(
                Button(context.text("button-numbers"), "x:crisis"),
                Button(context.services.texts.get(other, "language-name"), f"o:{other}:first"),
            ),
        ),
    )


async def duty_line(context: Context) -> str:
    """Whether somebody is on duty now, and when people are there."""
    key = "duty-now" if await context.services.help.is_anyone_on_call() else "duty-nobody"
    line = context.text(key)
    campus = context.services.policy.campus
    hours = campus.duty_hours_zh if context.language == "zh" else campus.duty_hours_en
    return f"{line} {context.text('duty-hours', hours=hours)}" if hours else line


def help_consent(context: Context) -> Rendered:
    """The one consent of two sentences before a counselor, and the numbers whatever is chosen."""
    view = context.services.crisis.view(context.region)
    card = render_card(view, context.language, context.services.texts.get)
    return Rendered(
        f"{context.text('help-consent')}\n\n{card}",
        (
            row(Button(context.text("button-help-yes"), f"h:yes:{context.language}")),
            row(Button(context.text("button-not-now"), f"o:{context.language}:first")),
        ),
    )
