"""Letters to students. The first sixty characters of each tell a bystander nothing."""

from __future__ import annotations

import html
from typing import Any

from handlers.crisis_card import emergency_line, render_card
from handlers.rendered import Button, Rendered, spaced
from handlers.services import Services
from handlers.student.say import row


def render(text_key: str, args: dict[str, Any], language: str, services: Services) -> Rendered:
    """An outbox row as a message; KeyError for a key that is not for students."""
    return _RENDERERS[text_key](_Letter(args, language, services))


class _Letter:
    def __init__(self, args: dict[str, Any], language: str, services: Services) -> None:
        self.args, self.language, self.services = args, language, services

    def text(self, key: str, **args: Any) -> str:
        text = self.services.texts.get(self.language, key, **args)
        return spaced(text) if "name" in args else text

    @property
    def counselor(self) -> str:
        return html.escape(self.args.get("counselor") or self.text("a-counselor"))

    @property
    def numbers(self) -> tuple[Button, ...]:
        return row(Button(self.text("button-numbers"), "x:crisis"))

    @property
    def card(self) -> str:
        """The numbers of the student's region."""
        view = self.services.crisis.view(self.args.get("region"))
        return render_card(view, self.language, self.services.texts.get)

    @property
    def emergency(self) -> str:
        """One line of them."""
        view = self.services.crisis.view(self.args.get("region"))
        return emergency_line(view, self.language, self.services.texts.get)

    @property
    def more_numbers(self) -> tuple[Button, ...]:
        return row(Button(self.text("button-more-numbers"), f"x:more:{self.language}"))

    @property
    def not_meant(self) -> tuple[Button, ...]:
        """Under the words it answers: those of one update."""
        data = f"n:{self.args['case']}:{self.args['words']}"
        return row(Button(self.text("button-not-meant"), data))

    @property
    def who_was_told(self) -> str:
        """What was shown to whom and why, truthfully."""
        if self.args.get("taken"):
            return self.text("told-your-counselor")
        if not self.args.get("on_call"):
            return self.text("told-nobody-on-call")
        return self.text("told-on-call" if self.args.get("told") else "told-before")


def _card(letter: _Letter) -> Rendered:
    """After as many words as a bystander may read, the numbers; all else comes behind them."""
    if letter.args.get("about_other"):
        first, *rest = ("out-card-other", "other-now")
    else:
        first, *rest = ("out-card", "out-card-stay", "out-card-why")
    texts = (letter.text(first), letter.card, *map(letter.text, rest), letter.who_was_told)
    text = "\n\n".join(texts)
    return Rendered(text, (letter.more_numbers, letter.not_meant))


def _flag_notice(letter: _Letter) -> Rendered:
    """The numbers stand in it, unless the words were answered with them a moment ago."""
    told = f"{letter.text('out-flag-notice')}\n\n{letter.who_was_told}"
    if letter.args.get("numbers_shown"):
        text, numbers = f"{told}\n\n{letter.emergency}", letter.numbers
    else:
        text, numbers = f"{told}\n\n{letter.card}", letter.more_numbers
    return Rendered(text, (numbers, letter.not_meant))


def _nobody_yet(letter: _Letter) -> Rendered:
    return Rendered(f"{letter.text('out-nobody-yet')}\n\n{letter.card}", (letter.more_numbers,))


def _case_opened(letter: _Letter) -> Rendered:
    text = f"{letter.text('out-case-opened')}\n\n{letter.who_was_told}"
    return Rendered(text, (letter.numbers,))


def _case_taken(letter: _Letter) -> Rendered:
    return Rendered(letter.text("out-case-taken", name=letter.counselor))


def _case_released(letter: _Letter) -> Rendered:
    return _given_back(letter, letter.text("out-case-released", name=letter.counselor))


def _case_returned(letter: _Letter) -> Rendered:
    return _given_back(letter, letter.text("out-case-returned"))


def _given_back(letter: _Letter, told: str) -> Rendered:
    """Nobody has it now: who was told, and the numbers for as long as that lasts."""
    duty = letter.text("duty-others" if letter.args.get("on_call") else "duty-no-other")
    return Rendered(f"{told}\n\n{duty}\n\n{letter.card}", (letter.more_numbers,))


def _case_closed(letter: _Letter) -> Rendered:
    menu = row(Button(letter.text("button-menu"), "m:menu"))
    return Rendered(letter.text("out-case-closed"), (letter.numbers, menu))


def _from_counselor(letter: _Letter) -> Rendered:
    text = f"<b>{letter.counselor}</b>\n{html.escape(letter.args['text'])}"
    if letter.args.get("repeated"):
        text += f"\n<i>{letter.text('maybe-repeated')}</i>"
    return Rendered(text)


def _follow_up(letter: _Letter) -> Rendered:
    answers = [
        row(Button(letter.text(f"button-{answer}"), f"f:{letter.args['follow_up']}:{answer}"))
        for answer in ("better", "same", "worse")
    ]
    return Rendered(letter.text("out-follow-up"), (*answers, letter.numbers))


_RENDERERS = {
    "out-card": _card,
    "out-flag-notice": _flag_notice,
    "out-nobody-yet": _nobody_yet,
    "out-case-opened": _case_opened,
    "out-case-taken": _case_taken,
    "out-case-released": _case_released,
    "out-case-returned": _case_returned,
    "out-case-closed": _case_closed,
    "out-from-counselor": _from_counselor,
    "out-follow-up": _follow_up,
}
