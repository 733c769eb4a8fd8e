"""Every zone that is offered is called by a name in the reader's own language."""

from __future__ import annotations

import pytest

from handlers.student.dialog_parts import ZONES, zone_name


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_offered_has_a_chinese_and_an_english_name(zone):
    assert not any(c.isascii() for c in zone_name(zone, "zh"))
    assert zone_name(zone, "en").isascii()


def test_a_zone_without_a_city_is_called_somehow():
    assert zone_name("UTC", "zh")
