"""Regions whose clocks all show the same time: there nobody need be asked for a time zone."""

from __future__ import annotations

# not here: AU, CA, US and ES (the Canaries), NZ (Chatham), and the international fall-back
_ONE_ZONE = {
    "CH": "Europe/Zurich",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "HK": "Asia/Hong_Kong",
    "IE": "Europe/Dublin",
    "IN": "Asia/Kolkata",
    "IT": "Europe/Rome",
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "MO": "Asia/Macau",
    "MY": "Asia/Kuala_Lumpur",
    "NL": "Europe/Amsterdam",
    "SG": "Asia/Singapore",
    "TW": "Asia/Taipei",
}


def only_zone(region: str | None) -> str | None:
    """The one time zone of a region; None where there are several, or none is known."""
    return _ONE_ZONE.get(region or "")
