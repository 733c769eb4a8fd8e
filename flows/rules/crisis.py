"""Which crisis numbers to show, and in which order, at this moment. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Collection, Mapping

from content.crisis_catalog import CampusContacts, Contact, CrisisDirectory, CrisisEntry, Region

_STUDENTS = frozenset({"students", "youth"})
_OPEN_FIRST = {True: 0, None: 1, False: 2}
_SHORTEST_NUMBER = 3
_AT_LEAST = 2
_WISHED, _FOR_ANYONE, _FOR_STUDENTS, _OF_A_CITY, _FOR_SOME = range(5)


@dataclasses.dataclass(frozen=True, slots=True)
class Confirmation:
    """An operator checked an entry; `value_seen` is the number dialed or read."""

    entry_id: str
    at: dt.datetime
    value_seen: str


@dataclasses.dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry with what is known of it now; `contacts` are those that may be shown."""

    entry: CrisisEntry
    contacts: tuple[Contact, ...]
    open_now: bool | None
    checked_on: dt.date | None
    group: int

    @property
    def is_general(self) -> bool:
        """A line for anybody."""
        return self.entry.is_general


@dataclasses.dataclass(frozen=True, slots=True)
class CrisisView:
    """Emergency numbers first, then the campus's own desks, then lines."""

    region: Region
    campus: CampusContacts | None
    entries: tuple[ShownEntry, ...]

    def first(self, most: int) -> tuple[ShownEntry, ...]:
        """The best few for a short card: no city's own line, and a general line among them.

        Lines for some people only fill up to two, unless they were wished for.
        """
        near = [shown for shown in self.entries if shown.entry.area is None]
        wide = sum(shown.group <= _FOR_STUDENTS for shown in near)
        few = near[: min(most, max(wide, _AT_LEAST))]
        if few and not any(shown.is_general for shown in few):
            few[-1:] = [next((shown for shown in near if shown.is_general), few[-1])]
        return tuple(few)

    def standing_lines(self) -> tuple[ShownEntry, ...]:
        """General lines in an order that no hour changes, for texts that stay for months."""
        general = [shown for shown in self.entries if shown.is_general]
        places = {entry.id: place for place, entry in enumerate(self.region.entries)}
        general.sort(
            key=lambda s: (
                not any(contact.dial for contact in s.contacts),
                places[s.entry.id],
            )
        )
        return tuple(general)


def choose_entries(
    directory: CrisisDirectory,
    region: str | None,
    at: dt.datetime,
    *,
    confirmed: Mapping[str, Confirmation],
    campus: CampusContacts | None,
    wishes: Collection[str] = (),
    max_age: dt.timedelta | None = None,
) -> CrisisView:
    """What somebody wished for, lines for anybody, for students, a city's lines, the rest.

    Inside each group: open now, then unknown, then closed; the order of the file breaks ties. A
    doubtful entry or number shows only once an operator confirmed it, and with `max_age` only
    while that check is young enough. An unknown region gets the international fall-back.
    """
    found = directory.region(region)
    shown = []
    for entry in found.entries:
        check = confirmed.get(entry.id)
        counts = check is not None and confirms(entry, check)
        fresh = counts and check is not None and (max_age is None or at - check.at <= max_age)
        if not (entry.shown or fresh):
            continue
        contacts = tuple(
            contact
            for contact in entry.contacts
            if contact.shown or (fresh and check is not None and _saw(contact, check.value_seen))
        )
        checked_on = check.at.date() if counts and check is not None else entry.checked
        group = _group(entry, wishes)
        shown.append(ShownEntry(entry, contacts, entry.hours.open_at(at), checked_on, group))
    shown.sort(key=lambda s: (s.group, _OPEN_FIRST[s.open_now]))
    return CrisisView(found, campus, tuple(shown))


def confirms(entry: CrisisEntry, check: Confirmation) -> bool:
    """Whether a check holds for what the entry says today.

    A check of a number that the file no longer has does not; words without a number are trusted.
    """
    if len(_digits(check.value_seen)) < _SHORTEST_NUMBER:
        return True
    dialed = [contact for contact in entry.contacts if contact.dial is not None]
    return not dialed or any(_saw(contact, check.value_seen) for contact in dialed)


@dataclasses.dataclass(frozen=True, slots=True)
class Wanting:
    """An entry that an operator should check, and why."""

    entry: CrisisEntry
    why: str

    def __str__(self) -> str:
        """One line for a terminal."""
        entry = self.entry
        numbers = ", ".join(
            contact.value if contact.shown else f"{contact.value} (hidden)"
            for contact in entry.contacts
        )
        doubt = f"; {entry.doubt['en']}" if entry.doubt is not None else ""
        return (
            f"{entry.id:<24} {self.why:<34} {entry.name['en']}: {numbers} "
            f"(evidence {entry.evidence_date or 'undated'}, {entry.confidence}{doubt})"
        )


def entries_wanting_confirmation(
    directory: CrisisDirectory,
    confirmed: Mapping[str, Confirmation],
    at: dt.datetime,
    max_age: dt.timedelta,
) -> list[Wanting]:
    """Entries never checked, checked too long ago, or checked under another number."""
    wanting = []
    for entry in directory.entries():
        check = confirmed.get(entry.id)
        if check is None:
            if entry.checked is not None and at.date() - entry.checked <= max_age:
                continue
            why = "never checked" if entry.shown else f"hidden until checked ({entry.status})"
            wanting.append(Wanting(entry, why))
        elif not confirms(entry, check):
            wanting.append(Wanting(entry, f"checked as {check.value_seen}: differs"))
        elif at - check.at > max_age:
            wanting.append(Wanting(entry, f"last checked {check.at.date().isoformat()}"))
    return wanting


def _group(entry: CrisisEntry, wishes: Collection[str]) -> int:
    if set(entry.audience) & set(wishes):
        return _WISHED
    if entry.is_for_anyone:
        return _FOR_ANYONE
    if entry.area is None and _STUDENTS & set(entry.audience):
        return _FOR_STUDENTS
    return _OF_A_CITY if "general" in entry.audience else _FOR_SOME


def _saw(contact: Contact, value_seen: str) -> bool:
    """Whether the words of a check name this number, with or without spaces and country code."""
    if contact.dial is None:
        return contact.value.casefold() in value_seen.casefold()
    wanted = _digits(contact.dial)
    runs = [_digits(run) for run in re.findall(r"[\d+#(][\d\s()./-]*", value_seen)]
    return any(run == wanted or _is_with_code(run, wanted) for run in runs)


def _is_with_code(run: str, wanted: str) -> bool:
    """The same number with a country code of up to three digits, its trunk zero left out."""
    national = wanted.removeprefix("0")
    return len(national) >= 6 and run.endswith(national) and 0 < len(run) - len(national) <= 5


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
