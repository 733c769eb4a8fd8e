"""The crisis card for when the database is gone: both languages in one message.

Imports neither storage nor dialogs.
"""

from __future__ import annotations

import datetime as dt

from content.crisis_catalog import CampusContacts, CrisisDirectory
from content.texts import LANGUAGES, Texts
from flows.rules.crisis import CrisisView, choose_entries
from handlers.crisis_card import FEW, render_card

LONGEST = 4096


def render_static_card(
    directory: CrisisDirectory,
    region: str | None,
    at: dt.datetime,
    campus: CampusContacts | None,
    texts: Texts,
) -> str:
    """HTML for Telegram, at most 4,096 characters, the emergency number first."""
    view = choose_entries(directory, region, at, confirmed={}, campus=campus)
    for most in range(FEW, 0, -1):
        text = _both(view, texts, most)
        if len(text) <= LONGEST:
            return text
    # a campus with names this long: its students still get the country's numbers
    bare = choose_entries(directory, region, at, confirmed={}, campus=None)
    return _both(bare, texts, 1)


def _both(view: CrisisView, texts: Texts, most: int) -> str:
    halves = [
        f"{render_card(view, language, texts.get, most=most)}\n\n"
        f"{texts.get(language, 'crisis-store-down')}\n\n"
        f"{texts.get(language, 'crisis-static-note')}"
        for language in LANGUAGES
    ]
    return "\n\n— — —\n\n".join(halves)
