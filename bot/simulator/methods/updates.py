"""Methods about updates: polling and webhooks."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.errors import bad_request, conflict
from bot.simulator.methods.call import Call
from bot.simulator.model import Json, SimBot, Webhook
from bot.simulator.params import as_bool, text_of

MAX_CONNECTIONS = 100
MAX_SECRET = 256
PORTS = frozenset({None, 80, 88, 443, 8443})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def confirm(bot: SimBot, offset: int) -> bool:
    """Drop the updates below `offset`; a negative one keeps only that many of the newest."""
    updates = bot.updates
    before = len(updates)
    if offset < 0:
        while len(updates) > -offset:
            updates.popleft()
    else:
        while updates and updates[0].id < offset:
            updates.popleft()
    return len(updates) != before


def remember_allowed(bot: SimBot, value: Any) -> None:
    """Keep the list of wanted update kinds; it also holds for later calls without one."""
    if isinstance(value, list):
        bot.allowed = frozenset(str(kind) for kind in value) or None


def check_polling(bot: SimBot) -> None:
    """Refuse to poll while a webhook is set."""
    if bot.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )


def set_webhook(call: Call) -> bool:
    """Post updates to an address from now on; an empty one removes it."""
    url = text_of(call.params, "url").strip()
    if as_bool(call.params.get("drop_pending_updates")):
        call.bot.updates.clear()
    if not url:
        call.bot.webhook = None
        _wake(call)
        return True
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    # Plain HTTP is let through on loopback only: a test has no certificate.
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.hostname not in _LOOPBACK and port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    secret = text_of(call.params, "secret_token")
    if len(secret) > MAX_SECRET:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = call.params.get("max_connections") or 40
    remember_allowed(call.bot, call.params.get("allowed_updates"))
    call.bot.webhook = Webhook(url, secret or None, max(1, min(MAX_CONNECTIONS, int(connections))))
    _wake(call)
    return True


def delete_webhook(call: Call) -> bool:
    """Stop posting updates, so that polling works again."""
    if as_bool(call.params.get("drop_pending_updates")):
        call.bot.updates.clear()
    call.bot.webhook = None
    _wake(call)
    return True


def _wake(call: Call) -> None:
    call.world.dirty = True
    for wakers in (call.world.wakers, call.world.webhook_wakers):
        waker = wakers.get(call.bot.id)
        if waker is not None:
            waker.set()


def webhook_info(call: Call) -> Json:
    """Return the webhook, how many updates wait, and its last error."""
    hook = call.bot.webhook
    body: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.updates),
    }
    if hook is not None:
        body["max_connections"] = hook.max_connections
        if hook.last_error is not None:
            body["last_error_date"] = hook.last_error_at
            body["last_error_message"] = hook.last_error
    if call.bot.allowed:
        body["allowed_updates"] = sorted(call.bot.allowed)
    return body


METHODS: dict[str, Any] = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}
