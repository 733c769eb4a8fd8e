"""Reading a request's parameters, whichever of Telegram's four encodings carried them."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.simulator.errors import ApiError, bad_request

JSON_FIELDS = {
    "reply_markup": "reply keyboard markup",
    "reply_parameters": "reply parameters",
    "entities": "entities",
    "caption_entities": "entities",
    "link_preview_options": "link preview options",
    "media": "media",
    "commands": "commands",
    "scope": "BotCommandScope",
    "message_ids": "message identifiers",
    "allowed_updates": "allowed updates",
    "menu_button": "menu button",
    "suggested_post_parameters": "suggested post parameters",
}
INT_FIELDS = frozenset(
    [
        "message_id",
        "message_thread_id",
        "reply_to_message_id",
        "offset",
        "limit",
        "timeout",
        "user_id",
        "max_connections",
        "cache_time",
        "duration",
        "width",
        "height",
        "from_message_id",
    ]
)
CHAT_FIELDS = frozenset({"chat_id", "from_chat_id"})
_DISPOSITION = re.compile(rb'([a-z]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a multipart body."""

    name: str | None
    mime: str | None
    data: bytes


def parse_multipart(body: bytes, boundary: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Split a whole multipart body held in memory.

    Raises `ApiError` 400 when it is cut short. aiohttp's streaming parser reads line by line
    and was the slowest part of a request; bodies here are bounded before they are read.
    """
    fields: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise bad_request("failed to parse multipart body")
    for piece in pieces[1:-1]:
        head, found, content = piece.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not found:
            raise bad_request("failed to parse multipart body")
        name, filename, mime = _part_head(head)
        if name is None:
            continue
        if filename is None:
            fields[name] = content.decode("utf-8", "replace")
        else:
            files[name] = Upload(filename, mime, content)
    return fields, files


def _part_head(head: bytes) -> tuple[str | None, str | None, str | None]:
    name = filename = mime = None
    for line in head.split(b"\r\n"):
        key, _, value = line.partition(b":")
        key = key.strip().lower()
        if key == b"content-disposition":
            for match in _DISPOSITION.finditer(value):
                text = (match[2] if match[2] is not None else match[3]).decode("utf-8", "replace")
                text = text.replace('\\"', '"').replace("%22", '"')
                if match[1].lower() == b"name":
                    name = text
                elif match[1].lower() == b"filename":
                    filename = text
        elif key == b"content-type":
            mime = value.strip().decode("latin-1")
    return name, filename, mime


def read_params(
    query: str, content_type: str, body: bytes
) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Return the parameters, typed where Telegram types them, and the uploaded files."""
    params: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    if query:
        params.update(parse_qsl(query, keep_blank_values=True))
    if body:
        kind, _, rest = content_type.partition(";")
        kind = kind.strip().lower()
        if kind == "application/x-www-form-urlencoded":
            params.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        elif kind == "application/json":
            params.update(_json_object(body))
        elif kind == "multipart/form-data":
            _, _, boundary = rest.partition("boundary=")
            boundary = boundary.partition(";")[0].strip().strip('"')
            fields, files = parse_multipart(body, boundary.encode("latin-1"))
            params.update(fields)
    for name, value in params.items():
        # Only some values need typing; the test is cheap because most names are in no set.
        if name in JSON_FIELDS or name in INT_FIELDS or name in CHAT_FIELDS:
            params[name] = _typed(name, value)
    return params, files


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        decoded = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("can't parse JSON object")
    return {name: value for name, value in decoded.items() if value is not None}


def _typed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in CHAT_FIELDS:
        try:
            return int(value)
        except ValueError:
            return value
    if name in JSON_FIELDS:
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {JSON_FIELDS[name]} JSON object") from None
    try:
        return int(value)
    except ValueError:
        return None


def as_bool(value: Any) -> bool:
    """Read a boolean as Telegram does: true, yes and 1, in any case."""
    if isinstance(value, str):
        return value.strip().lower() in {"true", "yes", "1"}
    return bool(value)


def required_int(params: dict[str, Any], name: str, reason: str) -> int:
    """Return an integer parameter, or refuse with `reason`."""
    value = params.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_request(reason)
    return value


def text_of(params: dict[str, Any], name: str) -> str:
    """Return a text parameter, empty when absent."""
    value = params.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ApiError(400, f'Bad Request: field "{name}" must be of type String')
    return value
