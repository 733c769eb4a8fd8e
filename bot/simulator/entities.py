"""Formatted text: parse modes into entities, trimming, and detection, as Telegram does it."""

import re
from html import unescape
from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.markdown import parse_markdown
from bot.simulator.markup_text import EntityError, utf16_len
from bot.simulator.model import Json

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
GIVEN_KINDS = frozenset(TAGS.values()) | {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "text_mention",
    "expandable_blockquote",
}
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(
    r"\s*([^\s=>/\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.\-]+)(?=[\s>])))?"
)
# Telegram decodes only these names, and numeric references; &nbsp; stays as it is.
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,8}|#x[0-9a-fA-F]{1,8});")
_DETECT = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,!?;:)，。！？；：）])"
    r"|(?P<email>[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+\.[A-Za-z0-9.\-]*[A-Za-z])"
    r"|(?P<bare>(?<![\w@.])(?:[A-Za-z0-9\-]+\.)+(?:com|org|net|edu|cn|io|me|info|gov)\b(?:/\S*)?)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32}\b)"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d]\w*)"
    r"|(?P<phone_number>(?<![\w+])\+\d[\d \-]{6,14}\d\b)"
)
_HINT = re.compile(r"[/@#.+]")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the plain text and entities of Telegram's HTML; raises `EntityError`."""
    if "<" not in source and "&" not in source:
        return source, []
    out: list[str] = []
    length = 0
    entities: list[Json] = []
    open_tags: list[tuple[str, str, int]] = []
    position = 0
    while True:
        start = source.find("<", position)
        piece = source[position:] if start < 0 else source[position:start]
        if "&" in piece:
            piece = _ENTITY.sub(lambda match: unescape(match[0]), piece)
        out.append(piece)
        length += utf16_len(piece)
        if start < 0:
            break
        if source.startswith("/", start + 1):
            position = _close_tag(source, start, open_tags, entities, length, out)
        else:
            tag, argument, position = _open_tag(source, start)
            open_tags.append((tag, argument, length))
    if open_tags:
        raise EntityError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return "".join(out), entities


def _offset(source: str, index: int) -> int:
    return len(source[:index].encode())


def _open_tag(source: str, start: int) -> tuple[str, str, int]:
    name_match = _TAG_NAME.match(source, start + 1)
    end = name_match.end() if name_match else start + 1
    offset = _offset(source, start)
    if end >= len(source):
        raise EntityError(f"Unclosed start tag at byte offset {offset}")
    tag = source[start + 1 : end].lower()
    if tag not in TAGS:
        raise EntityError(f'Unsupported start tag "{tag}" at byte offset {offset}')
    argument = ""
    while True:
        while end < len(source) and source[end].isspace():
            end += 1
        if end >= len(source):
            raise EntityError(f"Unclosed start tag at byte offset {offset}")
        if source[end] == ">":
            break
        match = _ATTRIBUTE.match(source, end)
        if match is None or match.end() == end:
            raise EntityError(f'Empty attribute name in the tag "{tag}" at byte offset {offset}')
        value = next((group for group in match.group(2, 3, 4) if group is not None), None)
        argument = _argument(tag, match[1].lower(), value) or argument
        end = match.end()
    if tag == "span" and argument != "tg-spoiler":
        raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    return tag, argument, end + 1


def _argument(tag: str, name: str, value: str | None) -> str:
    if (tag, name) == ("blockquote", "expandable"):
        return "expandable"
    text = unescape(value or "")
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id"), ("span", "class")}:
        return text
    if (tag, name) == ("code", "class") and text.startswith("language-"):
        return text.removeprefix("language-")
    return ""


def _close_tag(
    source: str,
    start: int,
    open_tags: list[tuple[str, str, int]],
    entities: list[Json],
    length: int,
    out: list[str],
) -> int:
    offset = _offset(source, start)
    if not open_tags:
        raise EntityError(f"Unexpected end tag at byte offset {offset}")
    end = source.find(">", start)
    if end < 0:
        raise EntityError(f"Unclosed end tag at byte offset {offset}")
    found = source[start + 2 : end].strip().lower()
    tag, argument, begin = open_tags.pop()
    if found and found != tag:
        raise EntityError(
            f'Unmatched end tag at byte offset {offset}, expected "</{tag}>", found "</{found}>"'
        )
    if length > begin:
        entity: Json = {"type": TAGS[tag], "offset": begin, "length": length - begin}
        _finish(entity, tag, argument, entities, out)
    return end + 1


def _finish(entity: Json, tag: str, argument: str, entities: list[Json], out: list[str]) -> None:
    if tag == "a":
        url = argument or _slice("".join(out), entity["offset"], entity["length"])
        mention = re.fullmatch(r"tg://user\?id=(\d+)", url)
        if mention:
            entity["type"], entity["user_id"] = "text_mention", int(mention[1])
        elif re.match(r"(?:[a-z][a-z0-9+.\-]*:|[^\s/]+\.)", url, re.IGNORECASE):
            entity["url"] = url
        else:
            return
    elif tag == "tg-emoji":
        entity["custom_emoji_id"] = argument
    elif tag == "blockquote" and argument:
        entity["type"] = "expandable_blockquote"
    elif tag == "code" and argument:
        entity["language"] = argument
    elif tag == "pre":
        inner = entities[-1] if entities else None
        if (
            inner
            and inner["type"] == "code"
            and inner["offset"] == entity["offset"]
            and inner["length"] == entity["length"]
        ):
            entities.pop()
            if "language" in inner:
                entity["language"] = inner["language"]
    entities.append(entity)


def _slice(text: str, offset: int, length: int) -> str:
    raw = text.encode("utf-16-le")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip outer whitespace and clip the entities to what is left, outermost first."""
    stripped = text.strip()
    if not entities:
        return stripped, []
    lead = utf16_len(text[: len(text) - len(text.lstrip())])
    total = utf16_len(stripped)
    kept = []
    for entity in entities:
        begin = max(0, entity["offset"] - lead)
        end = min(total, entity["offset"] - lead + entity["length"])
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    for entity in kept:
        if entity["type"] == "code":
            entity.pop("language", None)
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return stripped, kept


def detect(text: str, entities: list[Json]) -> list[Json]:
    """Add what Telegram finds by itself: commands, links, mentions, hashtags, addresses."""
    if not _HINT.search(text):
        return entities
    found = list(entities)
    for match in _DETECT.finditer(text):
        kind = match.lastgroup or ""
        begin = utf16_len(text[: match.start()])
        length = utf16_len(match[0])
        covered = any(
            entity["type"] in {"code", "pre", "text_link", "text_mention"}
            and entity["offset"] < begin + length
            and begin < entity["offset"] + entity["length"]
            for entity in entities
        )
        if not covered:
            found.append(
                {"type": "url" if kind == "bare" else kind, "offset": begin, "length": length}
            )
    found.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return found


def formatted(
    text: str, parse_mode: str | None, entities: list[Any] | None
) -> tuple[str, list[Json]]:
    """Return the text a person sees and its entities; raises 400 as Telegram does."""
    mode = (parse_mode or "").lower()
    try:
        if mode == "html":
            text, parsed = parse_html(text)
        elif mode in {"markdown", "markdownv2"}:
            text, parsed = parse_markdown(text, version=2 if mode.endswith("v2") else 1)
        elif mode in {"", "none"}:
            parsed = _given(text, entities)
        else:
            raise bad_request("unsupported parse_mode")
    except EntityError as error:
        raise bad_request(f"can't parse entities: {error}") from None
    text, parsed = trim(text, parsed)
    return text, detect(text, parsed)


def _given(text: str, entities: list[Any] | None) -> list[Json]:
    total = utf16_len(text) if entities else 0
    return [_checked(entity, total) for entity in entities or []]


def _checked(entity: Any, total: int) -> Json:
    if not isinstance(entity, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    begin, length, kind = entity.get("offset"), entity.get("length"), entity.get("type")
    if not isinstance(begin, int) or not isinstance(length, int):
        raise bad_request("can't parse MessageEntity: can't find field \"offset\"")
    if kind not in GIVEN_KINDS:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if begin < 0:
        raise bad_request(f"receive an entity with incorrect offset {begin}")
    if length < 0:
        raise bad_request(f"receive an entity with incorrect length {length}")
    if begin > total:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {begin}")
    if begin + length > total:
        raise bad_request(
            f"entity beginning at UTF-16 offset {begin} ends after the end of the text "
            f"at UTF-16 offset {begin + length}"
        )
    url = str(entity.get("url") or "")
    if kind == "text_link" and not re.match(r"[a-z][a-z0-9+.\-]*:|[^\s/]+\.", url, re.IGNORECASE):
        reason = "Wrong HTTP URL" if url else "URL host is empty"
        raise bad_request(f"entity URL '{url}' is invalid: {reason}")
    user = entity.get("user")
    if isinstance(user, dict):
        return {key: value for key, value in entity.items() if key != "user"} | {
            "user_id": user.get("id")
        }
    return entity
