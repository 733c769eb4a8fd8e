"""The HTTP side of the web page and of benchmarks in another process."""

import hmac
import json
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.simulator.control import Control
from bot.simulator.errors import ApiError, SimulatorError
from bot.simulator.events import EventStream
from bot.simulator.methods.profile import commands_for
from bot.simulator.model import Chat, Json, Person, SimBot
from bot.simulator.params import Upload, parse_multipart
from bot.simulator.view import page_message

if TYPE_CHECKING:
    from bot.simulator.simulator import Simulator

PAGE = Path(__file__).parent / "page"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LANGUAGES = frozenset({"en", "zh"})
ROLES = frozenset({"student", "helper", "counselor", "editor", "adviser", "admin"})
_FIRST_PAGE_PERSON = 7_000_000_001
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; "
    "base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
Handler = Callable[[Json], Awaitable[Any] | Any]


class PageApi:
    """Routes everything that is not the Bot API."""

    def __init__(self, sim: "Simulator", control_token: str | None) -> None:
        self._sim = sim
        self._world = sim.world
        self._token = control_token
        self._any_host = False
        self._own_host = "127.0.0.1"
        self._events = EventStream(sim.world)
        control = Control(sim, self.bot)
        self._gets: dict[str, Handler] = {
            "/sim/state": self._state,
            "/sim/history": self._history,
            **control.gets,
        }
        self._posts: dict[str, Handler] = {
            "/sim/send": self._send,
            "/sim/edit": self._edit,
            "/sim/press": self._press,
            "/sim/upload": self._upload,
            "/sim/block": self._block,
            "/sim/language": self._language,
            "/sim/people": self._people,
            "/sim/clock": self._clock,
            **control.posts,
        }

    def bound(self, host: str, _port: int) -> None:
        """Learn the address: one that is not loopback was asked for, so any Host is right."""
        self._own_host = host
        self._any_host = host not in LOOPBACK

    def close(self) -> None:
        """End the event streams."""
        self._events.close()

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; every refusal is JSON with an `error` that says what to do."""
        try:
            self._guard(request)
            return await self._route(request)
        except (SimulatorError, ApiError) as error:
            if isinstance(error, SimulatorError):
                return _json({"error": str(error), "code": error.code}, 400)
            return _json({"error": error.description}, 400)
        except web.HTTPException as error:
            return _json({"error": error.text or error.reason}, error.status)
        except (KeyError, TypeError, ValueError) as error:
            return _json({"error": f"correct this field: {error}"}, 400)

    def _guard(self, request: web.BaseRequest) -> None:
        host = request.headers.get("Host", "")
        if not self._any_host and urlsplit(f"//{host}").hostname not in LOOPBACK:
            # A foreign name that resolves to this machine is DNS rebinding.
            raise web.HTTPForbidden(text="open the page by its loopback address")
        if request.method == "POST":
            origin = request.headers.get("Origin")
            if origin is not None and urlsplit(origin).netloc != host:
                raise web.HTTPForbidden(text="send this from the simulator's own page")
        if self._token is not None and request.path.startswith("/sim/"):
            given = request.headers.get("X-Control-Token", "")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                raise web.HTTPUnauthorized(text="send the header X-Control-Token")

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if request.method in {"GET", "HEAD"}:
            if path == "/":
                return _static("index.html")
            if path.startswith("/static/"):
                return _static(path.removeprefix("/static/"))
            if path == "/sim/events":
                return await self._events.serve(request)
            if path.startswith("/sim/file/"):
                return self._file(path.removeprefix("/sim/file/"))
            handler = self._gets.get(path)
            fields: Json = dict(request.query)
        elif request.method == "POST":
            handler = self._posts.get(path)
            fields = await _body(request) if handler is not None else {}
        else:
            raise web.HTTPMethodNotAllowed(request.method, ["GET", "POST"])
        if handler is None:
            raise web.HTTPNotFound(text="there is nothing at this address")
        result = handler(fields)
        if isinstance(result, Awaitable):
            result = await result
        return _json(result)

    def bot(self, key: Any) -> SimBot:
        """Return the bot with this key ("student", "staff"), or by user name or token."""
        for bot in self._world.bots.values():
            if key in {bot.key, bot.username, bot.token}:
                return bot
        raise SimulatorError("name a bot that exists")

    def _pair(self, fields: Json) -> tuple[int, str]:
        return int(fields["person"]), self.bot(fields.get("bot")).token

    def _state(self, _: Json) -> Json:
        world, page = self._world, self._sim.page
        bots = [
            {
                "key": bot.key,
                "id": bot.id,
                "username": bot.username,
                "name": bot.name,
                "description": bot.description,
                "commands": {
                    str(person.id): commands_for(bot, person) for person in world.people.values()
                },
            }
            for bot in world.bots.values()
        ]
        blocked = [
            [chat.id, bot.key]
            for bot in world.bots.values()
            for chat in bot.chats.values()
            if chat.blocked
        ]
        return {
            "people": [_person(person) for person in world.people.values()],
            "bots": bots,
            "blocked": blocked,
            "clock": {"now": world.now().isoformat(), "offset_s": world.offset_s},
            "notice": page.notice,
            "time_zone": page.time_zone,
        }

    def _history(self, fields: Json) -> Json:
        person, token = self._pair(fields)
        chat: Chat | None = self._world.bot(token).chats.get(person)
        if chat is None:
            self._world.person(person)
            return {"messages": [], "keyboard": None}
        shown = (message for message in chat.messages.values() if not message.deleted)
        messages = [page_message(self._world, message) for message in shown]
        return {"messages": messages, "keyboard": chat.keyboard}

    def _send(self, fields: Json) -> Json:
        person, token = self._pair(fields)
        reply_to = fields.get("reply_to")
        message_id = self._sim.apps.send_text(
            person,
            token,
            str(fields.get("text") or ""),
            reply_to=int(reply_to) if reply_to else None,
            chat_id=fields.get("chat_id"),
            thread=fields.get("thread"),
        )
        return {"message_id": message_id}

    def _edit(self, fields: Json) -> Json:
        person, token = self._pair(fields)
        message_id = int(fields["message_id"])
        self._sim.apps.edit_text(person, token, message_id, str(fields.get("text") or ""))
        return {"message_id": message_id}

    def _press(self, fields: Json) -> Json:
        person, token = self._pair(fields)
        if "label" in fields:
            return {"query": self._sim.apps.press_label(person, token, str(fields["label"]))}
        message_id, data = int(fields["message_id"]), str(fields["data"])
        chat_id = fields.get("chat_id")
        return {"query": self._sim.apps.press(person, token, message_id, data, chat_id)}

    def _upload(self, fields: Json) -> Json:
        person, token = self._pair(fields)
        upload = fields.get("file")
        if not isinstance(upload, Upload) or not upload.data:
            raise SimulatorError("choose a file that is not empty", "empty_file")
        message_id = self._sim.apps.send_media(
            person,
            token,
            str(fields.get("kind") or "document"),
            upload.data,
            caption=fields.get("caption") or None,
            file_name=upload.name,
            mime=(upload.mime or "").partition(";")[0] or None,
        )
        return {"message_id": message_id}

    def _block(self, fields: Json) -> Json:
        person, token = self._pair(fields)
        self._sim.apps.block(person, token, blocked=bool(fields["blocked"]))
        return {"blocked": bool(fields["blocked"])}

    def _language(self, fields: Json) -> Json:
        person = self._world.person(int(fields["person"]))
        if fields["language_code"] not in LANGUAGES:
            raise SimulatorError("choose en or zh")
        person.language_code = fields["language_code"]
        self._world.emit("state")
        return _person(person)

    def _people(self, fields: Json) -> Json:
        name = str(fields.get("first_name") or "").strip()
        language, role = fields.get("language_code", "en"), fields.get("role", "student")
        if not name:
            raise SimulatorError("give the person a name")
        if language not in LANGUAGES or role not in ROLES:
            raise SimulatorError("choose a language and a role that exist")
        newest = max((*self._world.people, _FIRST_PAGE_PERSON - 1))
        person = Person(
            id=int(fields.get("id") or newest + 1),
            first_name=name[:64],
            username=fields.get("username"),
            language_code=language,
            role=role,
            bot=self.bot(fields.get("bot") or "student").key,
            label=str(fields.get("label") or ""),
        )
        self._sim.add_person(person)
        return _person(person)

    async def _clock(self, fields: Json) -> Json:
        return await self._sim.advance(float(fields["advance_s"]))

    def _file(self, file_id: str) -> web.Response:
        file = self._world.files.get(file_id)
        if file is None:
            raise web.HTTPNotFound(text="this file is not here")
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
        mime = file.mime
        # Only what cannot run as a page is shown in place; anything else is a download.
        if not mime.startswith(("image/", "audio/", "video/")) or "svg" in mime:
            mime = "application/octet-stream"
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=file.data, content_type=mime, headers=headers)


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "username": person.username,
        "language_code": person.language_code,
        "role": person.role,
        "bot": person.bot,
        "label": person.label,
    }


async def _body(request: web.BaseRequest) -> Json:
    try:
        content = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise SimulatorError("choose a file of at most 50 MB", "big_file") from None
    if request.content_type == "multipart/form-data":
        boundary = request.headers["Content-Type"].partition("boundary=")[2].strip('"')
        fields, files = parse_multipart(content, boundary.encode("latin-1"))
        return {**fields, **files}
    if request.content_type != "application/json":
        # A form of another site can send text/plain, but not JSON, without being asked first.
        raise web.HTTPUnsupportedMediaType(text="send JSON")
    decoded = json.loads(content or b"{}")
    if not isinstance(decoded, dict):
        raise SimulatorError("send a JSON object")
    return decoded


def _json(body: Any, status: int = 200) -> web.Response:
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    headers = {"Cache-Control": "no-store"}
    return web.Response(
        body=content, status=status, content_type="application/json", headers=headers
    )


def _static(name: str) -> web.Response:
    path = (PAGE / name).resolve()
    if not path.is_relative_to(PAGE.resolve()) or not path.is_file():
        raise web.HTTPNotFound(text="this part of the page is missing")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = "text/javascript" if path.suffix in {".js", ".mjs"} else kind
    headers = {
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer",
    }
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(
        body=path.read_bytes(), content_type=kind, charset=charset, headers=headers
    )
