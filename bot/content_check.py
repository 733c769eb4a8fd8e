"""`python -m bot content check`: everything people read, checked before a person meets it."""

from __future__ import annotations

from collections.abc import Callable

from bot.risk_model import FOLDER
from content.crisis_catalog import load_directory
from content.desk_catalog import CannedReplies
from content.risk_catalog import load_lexicon
from content.signatures import Signatures, read_signatures
from content.texts_check import text_faults
from flows.clock import SystemClock
from flows.rules.risk import failing_examples


def faults() -> list[str]:
    """Each fault as one line with its file; empty when all is well."""
    found = text_faults()
    found += _loading(lambda: failing_examples(load_lexicon(FOLDER)))
    found += _loading(lambda: (load_directory(), [])[1])
    found += _loading(lambda: (CannedReplies(), [])[1])
    return found + signatures().faults


def signatures() -> Signatures:
    """Who signed what carries clinical weight, as of today."""
    return read_signatures(SystemClock().now().date())


def _loading(check: Callable[[], list[str]]) -> list[str]:
    """A loader names file and entry in its error."""
    try:
        return check()
    except ValueError as fault:
        return [str(fault)]
