"""The crisis card: emergency number first, the campus's own desks, then a few lines."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator

from content.crisis_catalog import Contact, CrisisEntry
from content.crisis_hours import WEEKDAYS, Span
from flows.rules.crisis import CrisisView, ShownEntry

# (language, key, **placeholders) -> text
Translate = Callable[..., str]
FEW = 3
_LONGEST = 3800
_LONGEST_SHORT = 250
_CONTACTS = 3
# Telegram makes a link of a longer number by itself; a short one can be copied by a tap
_SHORT_NUMBER = 6


def render_card(
    view: CrisisView,
    language: str,
    translate: Translate,
    *,
    everything: bool = False,
    most: int = FEW,
) -> str:
    """HTML of at most 3,800 characters; `everything` lists all lines of the region."""
    parts = [emergency_line(view, language, translate, with_fire=everything)]
    parts += campus_lines(view, language)
    entries = view.entries if everything else view.first(most)
    parts += [entry_line(shown, language, translate) for shown in entries]
    text = parts[0]
    for part in parts[1:]:
        if len(text) + len(part) + 2 > _LONGEST:
            break
        text += "\n\n" + part
    return text


def emergency_line(
    view: CrisisView, language: str, translate: Translate, *, with_fire: bool = False
) -> str:
    """Danger to life: the emergency number."""
    region = view.region
    key = f"crisis-emergency-{_count(view)}"
    text = translate(language, key, ambulance=region.ambulance, police=region.police)
    if with_fire and region.fire not in {region.police, region.ambulance}:
        text += "\n" + translate(language, "crisis-emergency-fire", fire=region.fire)
    note = region.emergency_note
    return f"{text}\n{html.escape(note[language])}" if note is not None else text


def campus_lines(view: CrisisView, language: str) -> list[str]:
    """The university's own desks, one line each."""
    lines = []
    for desk in view.campus.desks if view.campus is not None else ():
        line = f"<b>{html.escape(desk.name[language])}</b>  {_number(desk.phone)}"
        if desk.hours is not None:
            line += f"\n<i>{html.escape(desk.hours[language])}</i>"
        lines.append(line)
    return lines


def entry_line(shown: ShownEntry, language: str, translate: Translate) -> str:
    """One service: name, numbers, hours, and how sure we are."""
    entry = shown.entry
    contacts = " · ".join(
        _contact(contact, language, translate) for contact in shown.contacts[:_CONTACTS]
    )
    facts = [_hours(shown, language, translate)]
    facts += [
        html.escape(words[language])
        for words in (entry.cost, entry.languages, entry.note)
        if words is not None
    ]
    facts.append(_sureness(shown, language, translate))
    return f"<b>{_name(entry, language)}</b>\n{contacts}\n<i>{' · '.join(filter(None, facts))}</i>"


def short_numbers(view: CrisisView, language: str, translate: Translate) -> str:
    """Plain text for the bot's description, at most 250 characters, the same at any hour."""
    line = next((_plainest(shown) for shown in view.standing_lines()), "")
    text = ""
    for ending in ("", "-bare"):
        text = translate(
            language,
            f"crisis-short-{_count(view)}{ending}",
            ambulance=view.region.ambulance,
            police=view.region.police,
            line=line,
        )
        if len(text) <= _LONGEST_SHORT:
            break
    return text


def pinned_numbers(view: CrisisView, language: str, translate: Translate) -> str:
    """HTML for a pinned message: emergency, the campus's desks, two lines that hold for months."""
    parts = [emergency_line(view, language, translate), *campus_lines(view, language)]
    for shown in view.standing_lines()[:2]:
        contact = _contact(_best(shown), language, translate)
        always = shown.entry.hours.round_the_clock
        hours = f" · {translate(language, 'crisis-hours-always')}" if always else ""
        parts.append(f"<b>{_name(shown.entry, language)}</b>  {contact}{hours}")
    parts.append(translate(language, "crisis-pinned-note"))
    return "\n".join(parts)


def _count(view: CrisisView) -> str:
    return "one" if view.region.police == view.region.ambulance else "two"


def _name(entry: CrisisEntry, language: str) -> str:
    """The name; where it is our translation, the service's own name after it."""
    name = entry.name[language]
    native = entry.native_name
    if language in entry.translated and native and native.casefold() not in name.casefold():
        name += f" ({native})" if language == "en" else f"（{native}）"
    if entry.area is not None and entry.area[language] not in name:
        area = entry.area[language]
        name += f", {area}" if language == "en" else f"（{area}）"
    return html.escape(name)


def _number(value: str) -> str:
    shown = html.escape(value)
    digits = sum(letter.isdigit() for letter in value)
    return f"<code>{shown}</code>" if digits <= _SHORT_NUMBER else shown


def _contact(contact: Contact, language: str, translate: Translate) -> str:
    words = contact.words[language] if contact.words is not None else contact.value
    if contact.kind == "phone":
        text = _number(words)
    else:
        kind = "sms-keyword" if contact.kind == "sms" and contact.keyword else contact.kind
        keyword = html.escape(contact.keyword or "")
        text = translate(
            language, f"crisis-contact-{kind}", value=html.escape(words), keyword=keyword
        )
    if contact.note is not None:
        note = html.escape(contact.note[language])
        text += f" ({note})" if language == "en" else f"（{note}）"
    return text


def _best(shown: ShownEntry) -> Contact:
    """A phone number if there is one, else whatever comes first."""
    order = sorted(shown.contacts, key=lambda contact: contact.kind != "phone")
    return order[0]


def _plainest(shown: ShownEntry) -> str:
    contact = _best(shown)
    return f"{contact.keyword} → {contact.value}" if contact.keyword else contact.value


def _hours(shown: ShownEntry, language: str, translate: Translate) -> str:
    hours = shown.entry.hours
    if hours.round_the_clock:
        return translate(language, "crisis-hours-always")
    words = list(_spans(hours.spans, language, translate))
    if hours.note is not None:
        words.append(html.escape(hours.note[language]))
    if shown.open_now is not None:
        state = "crisis-open-now" if shown.open_now else "crisis-closed-now"
        words.append(translate(language, state))
    comma = ", " if language == "en" else "，"
    if not words and any(contact.dial is not None for contact in shown.contacts):
        words.append(translate(language, "crisis-hours-unknown"))
    return comma.join(words)


def _spans(spans: tuple[Span, ...], language: str, translate: Translate) -> Iterator[str]:
    """Weekly hours; days of the month stand in the note's words."""
    for span in spans:
        times = f"{_clock(span.start)}–{_clock(span.end)}"
        if span.is_daily:
            yield translate(language, "crisis-hours-daily", times=times)
        elif span.weekdays:
            names = [WEEKDAYS[day] for day in sorted(span.weekdays)]
            days = [translate(language, f"crisis-{name}") for name in names]
            yield f"{', '.join(days) if language == 'en' else '、'.join(days)} {times}"


def _sureness(shown: ShownEntry, language: str, translate: Translate) -> str:
    if shown.checked_on is not None:
        return translate(language, "crisis-checked", date=shown.checked_on.isoformat())
    date = shown.entry.evidence_date
    if date is None:
        return translate(language, "crisis-unchecked-undated")
    return translate(language, "crisis-unchecked", date=date)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
