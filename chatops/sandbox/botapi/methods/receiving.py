"""Receiving: getUpdates and the webhook methods."""

from __future__ import annotations

import re

from ..refusals import bad_request, conflict
from ..updates import MAX_BATCH, MAX_POLL_SECONDS
from .call import Call

_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]")


def get_updates(call: Call) -> list[dict[str, object]]:
    """https://core.telegram.org/bots/api#getupdates"""
    given = call.parameters
    if call.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _want(call)
    ready = call.world.updates.poll(
        offset=given.number("offset"),
        limit=min(max(given.number("limit", MAX_BATCH), 1), MAX_BATCH),
        seconds=min(max(given.number("timeout"), 0), MAX_POLL_SECONDS),
    )
    return [update.as_json() for update in ready]


def set_webhook(call: Call) -> bool:
    """https://core.telegram.org/bots/api#setwebhook; plain http is taken for loopback addresses, https for all."""
    given = call.parameters
    url = given.text("url").strip()
    if not url:
        return delete_webhook(call)
    if not url.startswith("https://") and not _LOOPBACK.match(url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = given.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_\-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    _want(call)
    if given.flag("drop_pending_updates"):
        call.world.updates.clear()
    call.world.updates.interrupt("terminated by setWebhook request")
    call.webhook.point_to(url, secret)
    return True


def delete_webhook(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook"""
    if call.parameters.flag("drop_pending_updates"):
        call.world.updates.clear()
    call.webhook.point_to("", "")
    return True


def get_webhook_info(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#getwebhookinfo"""
    info: dict[str, object] = {
        "url": call.webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(call.world.updates.pending()),
    }
    if call.webhook.last_error:
        info |= {
            "last_error_date": call.webhook.last_error_date,
            "last_error_message": call.webhook.last_error,
        }
    if call.world.updates.wanted:
        info["allowed_updates"] = call.world.updates.wanted
    return info


def _want(call: Call) -> None:
    kinds = call.parameters.array("allowed_updates", "String")
    if kinds is not None and not all(isinstance(kind, str) for kind in kinds):
        raise bad_request("expected an Array of String")
    call.world.updates.want(None if kinds is None else [str(kind).lower() for kind in kinds])
