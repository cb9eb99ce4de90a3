"""What the bot tells its admins about itself."""

from chatops.core.screens.base import Screen, screen
from chatops.core.texts import Tongue, mark, one_line

NOTICES = {
    "quarantined": mark(
        "⚠️ A webhook could not be understood and was kept (inbox {inbox}): {problem}\n"
        "Check the receiver in alertmanager.yml: webhook_configs without a custom payload."
    ),
    "update_aside": mark(
        "⚠️ Something that was pressed or written breaks the bot and was put aside (update {update}): {problem}\n"
        "The bot's log says where."
    ),
    "quarantined_again": mark(
        "⚠️ Webhooks that could not be understood since the last word of them: {count}. All were kept; the newest "
        "(inbox {inbox}): {problem}\n"
        "Check the receiver in alertmanager.yml: webhook_configs without a custom payload."
    ),
    "actor_failed": mark("⚠️ A part of the bot keeps failing: {part}. {reason}\nIt is tried again every minute."),
    "strange_group": mark("⚠️ The bot was put into a group by somebody who may not use it ({who}). It has left: {chat}"),
    "chat_unreachable": mark(
        "⚠️ The chat {chat} cannot be reached, so incidents are not shown there: {problem}\n"
        "Put the bot into it again, or write to it there; it is tried at every start."
    ),
    "message_refused": mark("⚠️ Telegram does not take what should be shown in the chat {chat}: {problem}"),
    "topics_refused": mark(
        "⚠️ Telegram makes no topics for incidents in the chat {chat}: {problem}\n"
        "Cards go to its general topic. Give the bot the right to manage topics there, or switch them off with /chat."
    ),
    "topic_gone": mark(
        "⚠️ A topic of the chat {chat} is closed or deleted (number {topic}).\n"
        "What belongs there goes to the general one."
    ),
    "too_large": mark(
        "⚠️ A webhook was larger than 16 MiB and was refused; its alerts are not seen.\n"
        "Set max_alerts on the receiver in alertmanager.yml."
    ),
    "wrong_token": mark(
        "⚠️ Alertmanager sends webhooks with a wrong or missing token: they are refused, their alerts not seen.\n"
        "Put WEBHOOK_TOKEN into http_config.authorization.credentials of the receiver."
    ),
    "self_audit_not_shown": mark(
        "⚠️ Cards that are missing where an incident should be shown: {count}. "
        "The oldest is of #{incident}, open for {minutes} min.\n/incidents lists everything that is open."
    ),
    "self_audit_late": mark(
        "⚠️ Cards that do not show the latest: {count}. The oldest is of #{incident}, behind for {minutes} min.\n"
        "🔄 on a card shows it as it is now."
    ),
    "self_audit_backlog": mark(
        "⚠️ Webhooks that were accepted and not worked through: {count}. The oldest has waited for {minutes} min.\n"
        "The bot's log says what holds them up."
    ),
    "self_audit_unrouted": mark(
        "⚠️ Nobody is shown these open incidents, since no chat's routes take them: {incidents}. In all there are "
        "{count}, the oldest open for {minutes} min.\n/incidents in private opens them, /routes in a chat changes "
        "what it is shown."
    ),
    "on_call": mark("☎️ {name} put you on call for {rota} until {until}. /oncall says more."),
    "calendar_unread": mark(
        "⚠️ The calendar of {rota} cannot be read ({reason}), so nobody is on call for it.\n"
        "Look at its address in ONCALL_FILE; it is tried again every minute."
    ),
    "calendar_late": mark(
        "⚠️ The calendar of {rota} was last read {since} ({reason}). Who is on call goes by what it said then.\n"
        "It is tried again every 15 minutes."
    ),
    "calendar_strangers": mark(
        "⚠️ Events in the calendar of {rota} that name nobody of the people in ONCALL_FILE: {count}. "
        "They are passed over: {titles}"
    ),
    "audit_log_changed": mark(
        "🔴 The audit log is not as it was written, from line {line} on. Somebody changed the database file.\n"
        "Keep the file and the bot's log, and run: {run}"
    ),
}


def notice(code: str, detail: dict[str, str], tongue: Tongue) -> Screen:
    filled = {name: tongue.stamped(one_line(value, 400)) for name, value in detail.items()}
    return screen([tongue.say(NOTICES[code], **filled)], [], silent=False)


def aside_closed(tongue: Tongue) -> Screen:
    """What is left of a message that one person looked at something in."""
    return screen([tongue.say("💤 Closed: it was left alone.")], [])
