"""Letters to staff: a number and a level, never words; protected, so that an edit of them is."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

from handlers.rendered import Button, Rendered
from handlers.services import Services
from handlers.staff.card import button
from handlers.staff.queue import open_queue
from handlers.staff.screen import rows
from handlers.staff.wording import Wording, case_mark, zone_of

_VERBS = {
    "staff-out-page": ("take", "card"),
    "staff-out-page-yours": ("read", "card"),
    "staff-out-page-worse": ("take", "card"),
    "staff-out-page-held": ("card",),
    "staff-out-new-case": ("take", "card"),
    "staff-out-back-in-queue": ("take", "card"),
    "staff-out-new-words": ("read",),
    "staff-out-not-meant": ("card",),
    "staff-out-worse": ("card",),
    "staff-out-worse-imminent": ("card",),
    "staff-out-returned": ("card",),
    "staff-out-student-blocked": ("card",),
    "staff-out-student-back": ("words", "card"),
    "staff-out-not-delivered": ("words", "card"),
}


def render(text_key: str, args: dict[str, Any], language: str, services: Services) -> Rendered:
    """An outbox row as a message; KeyError for a key that is not for staff."""
    wording = Wording(services.texts, language, zone_of(args.get("zone")), services.clock.now())
    if text_key in _CASELESS:
        return _CASELESS[text_key](args, wording)
    case = str(args["case"])
    text = wording(
        text_key,
        case=case_mark(int(args["number"])),
        triage=int(args.get("triage") or 0),
        round=int(args.get("round") or 1),
        **_lost(args, wording),
    )
    buttons = rows(button(wording, verb, case) for verb in _VERBS[text_key])
    if "alert" in args and text_key != "staff-out-page-yours":
        on_it = Button(wording("staff-button-on-it"), f"a:{args['alert']}")
        buttons = ((on_it,), *buttons)
    return Rendered(text, buttons, protect=True)


def _lost(args: dict[str, Any], wording: Wording) -> dict[str, Any]:
    """Texts that did not arrive: how many, and when the first of them was written."""
    first = args.get("first")
    at = wording.at(dt.datetime.fromisoformat(first)) if first else ""
    return {"lost": int(args.get("lost") or args.get("n") or 0), "at": at}


def _waiting(args: dict[str, Any], wording: Wording) -> Rendered:
    age = wording.age(dt.datetime.fromisoformat(args["since"]))
    text = wording("staff-out-waiting", n=int(args["n"]), age=age)
    return Rendered(text, ((open_queue(wording),),), protect=True)


def _still_there(args: dict[str, Any], wording: Wording) -> Rendered:
    text = wording("staff-out-still-there", until=wording.at(_moment(args["until"])))
    return Rendered(text, ((Button(wording("staff-button-go-on"), "o:0"),),), protect=True)


def _copy_stands(args: dict[str, Any], wording: Wording) -> Rendered:
    at = wording.at(_moment(args["sent"]))
    text = wording("staff-out-copy-stands", n=int(args["n"]), at=at)
    return Rendered(text, protect=True)


def _unreachable(args: dict[str, Any], wording: Wording) -> Rendered:
    name = html.escape(args.get("name") or wording("staff-unnamed"))
    return Rendered(wording("staff-out-unreachable", name=name), protect=True)


_moment = dt.datetime.fromisoformat

# letters that are about no single case
_CASELESS = {
    "staff-out-waiting": _waiting,
    "staff-out-still-there": _still_there,
    "staff-out-copy-stands": _copy_stands,
    "staff-out-unreachable": _unreachable,
}
