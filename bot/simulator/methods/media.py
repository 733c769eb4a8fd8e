"""Files in messages: where they come from, how big they may be, how Telegram shows them."""

from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.methods.call import Call
from bot.simulator.model import Json, StoredFile
from bot.simulator.params import as_bool

MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM")


def resolve_file(call: Call, kind: str, value: Any) -> StoredFile:
    """Return the file a parameter names: an upload, attach://part, or a known file id."""
    upload = call.files.get(kind)
    if isinstance(value, str) and value.startswith("attach://"):
        upload = call.files.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad_request("can't parse input media: file part not found")
    elif isinstance(value, str) and value:
        known = call.world.files.get(value)
        if known is not None:
            if known.kind != kind:
                raise bad_request(
                    f"can't use file of type {known.kind.capitalize()} as {kind.capitalize()}"
                )
            return known
        if value.startswith(("http://", "https://")):
            # Nothing outside is fetched, so an address fails as an unreachable one does.
            raise bad_request("failed to get HTTP URL content")
        raise bad_request("wrong file identifier/HTTP URL specified")
    if upload is None:
        raise bad_request(f"there is no {kind} in the request")
    if not upload.data:
        raise bad_request("file must be non-empty")
    if kind == "photo" and len(upload.data) > MAX_PHOTO:
        raise bad_request(
            f"file of size {len(upload.data)} bytes is too big for a photo; "
            f"the maximum size is {MAX_PHOTO} bytes"
        )
    if kind == "photo" and not upload.data.startswith(_PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    mime = upload.mime if upload.mime and upload.mime != "application/octet-stream" else None
    return call.world.new_file(kind, upload.data, name=upload.name, mime=mime)


def media_body(kind: str, file: StoredFile, params: Json) -> Json:
    """Return the part of a Message that carries the file."""
    base: Json = {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
    }
    seconds = params.get("duration") or 1
    if kind == "photo":
        sizes = [{**base, "width": 90, "height": 90}, {**base, "width": 800, "height": 800}]
        body: Json = {"photo": sizes}
    elif kind == "sticker":
        flags = {"type": "regular", "is_animated": False, "is_video": False}
        body = {"sticker": {**base, **flags, "width": 512, "height": 512}}
    else:
        item = {**base, "mime_type": file.mime}
        if kind in {"voice", "audio", "video", "animation"}:
            item["duration"] = seconds
        if kind in {"video", "animation"}:
            item |= {"width": 640, "height": 360}
        if kind != "voice" and file.name:
            item["file_name"] = file.name
        body = {kind: item}
        if kind == "animation":
            body["document"] = {key: item[key] for key in item if key not in {"width", "height"}}
    if kind in {"photo", "video", "animation"} and as_bool(params.get("has_spoiler")):
        body["has_media_spoiler"] = True
    return body
