"""The steps of the way in, counted as one, and the regions in the order of their names."""

from __future__ import annotations

from flows.rules.zones import only_zone
from handlers.student.context import Context


def progress(context: Context, step: str, region: str | None) -> dict[str, int]:
    """Which step of how many; until a region is chosen it is most likely the campus's."""
    region = region or context.services.crisis.campus_region
    # a screen that is open stays one of the steps, whatever was settled meanwhile
    asks_code = step == "code" or not context.services.policy.enrolment.open
    asks_zone = step == "zone" or only_zone(region) is None
    steps = ["age", "region", "consent"]
    steps += ["code", "name"] if asks_code else ["name"]
    steps += ["zone", "quiet"] if asks_zone else ["quiet"]
    return {"step": steps.index(step) + 1, "total": len(steps)}


def region_codes(context: Context) -> list[str]:
    """The campus's own first, then by name as the reader reads it, the fall-back last."""
    crisis, language = context.services.crisis, context.language

    def place(code: str) -> tuple[bool, bool, bytes]:
        name = crisis.directory.regions[code].name[language].casefold()
        # GB 18030 has the common characters in the order of their pinyin
        return code != crisis.campus_region, code == "INT", name.encode("gb18030")

    return sorted(crisis.directory.regions, key=place)
