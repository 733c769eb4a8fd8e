"""Methods about chats, their members and their topics."""

from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.methods.call import Call
from bot.simulator.model import Group, Json
from bot.simulator.params import required_int, text_of

MAX_TOPIC = 128
_DEFAULT_COLOR = 7322096


def get_chat(call: Call) -> Json:
    """Return a chat the bot knows."""
    chat = call.read_chat()
    if not chat.started:
        raise bad_request("chat not found")
    body = chat.body | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    pinned = [m for m in chat.messages.values() if m.pinned and not m.deleted]
    if pinned:
        body["pinned_message"] = max(pinned, key=lambda message: message.id).body
    return body


def get_chat_member(call: Call) -> Json:
    """Return what somebody is in a chat."""
    chat = call.read_chat()
    user_id = required_int(call.params, "user_id", "invalid user_id specified")
    if user_id == call.bot.id:
        user = call.bot.user()
        member = True
    else:
        person = call.world.people.get(user_id)
        if person is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        user = person.user()
        group = call.world.groups.get(chat.id)
        member = user_id in group.members if group is not None else user_id == chat.id
    if chat.blocked and user_id == call.bot.id:
        return {"status": "kicked", "user": user, "until_date": 0}
    return {"status": "member" if member else "left", "user": user}


def leave_chat(call: Call) -> bool:
    """Leave a group; nothing can be sent there from then on."""
    chat = call.read_chat()
    if chat.id not in call.world.groups:
        raise bad_request("chat not found")
    chat.blocked = True
    return True


def _forum(call: Call) -> Group:
    chat = call.chat(is_edit=True)
    group = call.world.groups.get(chat.id)
    if group is None or not group.is_forum:
        raise bad_request("the chat is not a forum")
    return group


def create_topic(call: Call) -> Json:
    """Open a topic in a forum."""
    group = _forum(call)
    name = text_of(call.params, "name").strip()
    if not 1 <= len(name) <= MAX_TOPIC:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "topic name is too long")
    group.last_message_id += 1
    topic = {
        "message_thread_id": group.last_message_id,
        "name": name,
        "icon_color": int(call.params.get("icon_color") or _DEFAULT_COLOR),
    }
    group.topics[group.last_message_id] = topic
    call.message_id = group.last_message_id
    call.world.emit("state", call.bot)
    return dict(topic)


def _topic(call: Call) -> Json:
    group = _forum(call)
    thread = required_int(call.params, "message_thread_id", "message thread not found")
    try:
        return group.topics[thread]
    except KeyError:
        raise bad_request("TOPIC_ID_INVALID") from None


def edit_topic(call: Call) -> bool:
    """Rename a topic."""
    topic = _topic(call)
    name = text_of(call.params, "name").strip()
    if name == topic["name"]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    if len(name) > MAX_TOPIC:
        raise bad_request("topic name is too long")
    if name:
        topic["name"] = name
    call.world.emit("state", call.bot)
    return True


def _set_closed(call: Call, *, closed: bool) -> bool:
    topic = _topic(call)
    if topic.get("closed", False) == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["closed"] = closed
    call.world.emit("state", call.bot)
    return True


def close_topic(call: Call) -> bool:
    """Close a topic."""
    return _set_closed(call, closed=True)


def reopen_topic(call: Call) -> bool:
    """Open a closed topic again."""
    return _set_closed(call, closed=False)


METHODS: dict[str, Any] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
    "createForumTopic": create_topic,
    "editForumTopic": edit_topic,
    "closeForumTopic": close_topic,
    "reopenForumTopic": reopen_topic,
}
