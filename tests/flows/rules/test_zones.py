"""Which regions have one time zone, and that it is one."""

from __future__ import annotations

import zoneinfo

import pytest

from content.crisis_catalog import load_directory
from flows.rules.zones import only_zone

SEVERAL = {"AU", "CA", "ES", "INT", "NZ", "US"}


@pytest.mark.parametrize("region", sorted(load_directory().regions))
def test_every_region_has_one_zone_or_several(region):
    zone = only_zone(region)
    assert (zone is None) == (region in SEVERAL)
    assert zone is None or zone in zoneinfo.available_timezones()


@pytest.mark.parametrize("region", [None, "", "XX"])
def test_nothing_is_said_of_an_unknown_region(region):
    assert only_zone(region) is None
