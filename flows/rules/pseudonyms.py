"""Pseudonyms: two friendly words, nothing about the person in them."""

from __future__ import annotations

_WORDS = {
    "en": (
        ("Quiet", "Amber", "Silver", "Gentle", "Misty", "Early", "Warm", "Bright", "Calm",
         "Winding", "Mossy", "Distant", "Golden", "Steady", "Hidden", "Open"),
        ("Maple", "River", "Sparrow", "Lantern", "Harbor", "Meadow", "Comet", "Willow", "Pebble",
         "Fern", "Heron", "Island", "Cedar", "Cloud", "Kite", "Otter"),
    ),
    "zh": (
        ("安静的", "琥珀色", "银色", "温和的", "薄雾里的", "清晨的", "温暖的", "明亮的", "平静的",
         "弯弯的", "青苔上的", "远方的", "金色", "稳稳的", "藏起来的", "敞开的"),
        ("枫叶", "小河", "麻雀", "灯笼", "港湾", "草地", "彗星", "柳树", "鹅卵石",
         "蕨草", "白鹭", "小岛", "雪松", "云朵", "风筝", "水獭"),
    ),
}  # fmt: skip


def make_pseudonym(seed: int, language: str) -> str:
    """A pseudonym from random bits; students can change it."""
    first, second = _WORDS[language]
    joiner = " " if language == "en" else ""
    return f"{first[seed % len(first)]}{joiner}{second[(seed >> 8) % len(second)]}"
