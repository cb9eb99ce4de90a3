"""Toasts: the short answer to a press. Every press gets one."""

from chatops.core.people import Role
from chatops.core.screens.welcome import ROLES
from chatops.core.texts import Tongue, mark, one_line

LIMIT = 200
"""Characters that answerCallbackQuery takes."""

TOASTS = {
    "ok": "",
    "looking": mark("🔎 Looking…"),
    "taken": mark("✋ You took #{number}"),
    "taking_all": mark("✋ Taking all that is free: {number}"),
    "nothing_to_take": mark("👌 Nothing here is free for you to take"),
    "already_yours": mark("✋ You have it already"),
    "released": mark("🤝 #{number} is free again"),
    "handed_over": mark("👉 {name} has it now"),
    "already_theirs": mark("👌 {name} has it already"),
    "cannot_have_it": mark("⛔ {name} may not act here: nothing was changed"),
    "reopened": mark("🔁 #{number} is open again"),
    "open_already": mark("👌 It is open already"),
    "judged_real": mark("👍 Counted as real: #{number}"),
    "judged_noise": mark("👎 Counted as noise: #{number}"),
    "said_already": mark("👌 You said so already"),
    "nothing_said": mark("✖️ There is nothing in it: nothing was written down"),
    "not_over": mark("👌 It is open: say it when it is over"),
    "merged": mark("🔗 #{number} is part of #{into} now"),
    "merged_away": mark("🔗 It is part of #{number} now: go on there"),
    "merge_runs": mark("⏳ A change of {name} runs here: merge it when that is over"),
    "merge_silence": mark("⏳ Alertmanager is just being asked for a silence: merge it after that"),
    "merge_mail": mark("⏳ Alerts came in at this very moment: nothing was merged, try again"),
    "merge_gone": mark("👌 #{into} is not open any more: nothing was merged"),
    "nobody_has_it": mark("👤 Nobody has it"),
    "resolved": mark("✅ #{number} resolved"),
    "rejected": mark("🚫 #{number} rejected"),
    "already_resolved": mark("👌 It has resolved already"),
    "already_resolved_by": mark("👌 Already resolved by {name}"),
    "already_rejected": mark("👌 It was rejected already"),
    "already_rejected_by": mark("👌 Already rejected by {name}"),
    "started": mark("▶️ Started"),
    "already_confirmed": mark("👌 Already confirmed: it runs once"),
    "stopped": mark("⏹ Stopped"),
    "nothing_to_stop": mark("👌 Nothing is running that could be stopped"),
    "busy": mark("⏳ {name} already runs an action here"),
    "stranger": mark("⛔ I don't know you: your id is {id}"),
    "faceless": mark("⛔ Only people known to this bot can use it, in their own name"),
    "no_right": mark("⛔ Role {role}: you may look, but not do this"),
    "out_of_scope": mark("⛔ This lies outside of what you were given"),
    "admins_only": mark("⛔ Only an admin decides who may"),
    "given": mark("✅ Granted"),
    "revoked": mark("✖️ Taken away"),
    "disabled_now": mark("🚫 Disabled"),
    "enabled_now": mark("✅ Enabled"),
    "not_decided": mark("👌 Nothing was changed: it is so already, or no admin would be left"),
    "asker_lost_right": mark("⛔ Who asked for this may not do it any more"),
    "second_person": mark("👥 You chose it: somebody else has to approve"),
    "not_yours": mark("⛔ {name} chose this: only they can confirm it"),
    "broken": mark("⚠️ This breaks the bot: it was put aside, and the admins are told"),
    "expired": mark("⌛ This confirm has expired: choose again"),
    "too_late": mark("⌛ I was away: this press did not count. Press again"),
    "used": mark("👌 This button was pressed already"),
    "unknown": mark("⌛ This button is not known any more: here is the card as it is now"),
    "elsewhere": mark("⛔ This button belongs to another message"),
    "wrong_word": mark("✖️ That is not the word: nothing was done"),
    "too_early": mark("✖️ That was written before it was asked for: write it again"),
    "unwritten": mark("⚠️ Not done: it could not be written down. Nothing was changed, try again"),
    "double_tap": mark("👆 That was quick: look at the question first"),
    "silencing": mark("🔕 Asking Alertmanager…"),
    "already_silenced": mark("👌 Already silenced by {name}"),
    "nothing_to_match": mark("⚠️ Its alerts have no label to silence them by"),
    "not_silenced": mark("👌 It is not silenced"),
    "silence_past": mark("⌛ That moment is over: choose again"),
    "extending": mark("⏳ Asking Alertmanager…"),
    "already_extended": mark("👌 It ends later already"),
    "unsilencing": mark("🔔 Asking Alertmanager…"),
    "help_called": mark("📣 Everybody was asked for help"),
    "help_called_next": mark("📣 {name} was called"),
    "help_called_lately": mark("⏳ Help was asked for less than 5 minutes ago"),
    "on_call_changed": mark("☎️ Done"),
    "routes_changed": mark("🧭 Done"),
    "maintenance_changed": mark("🛠 Done"),
    "chat_changed": mark("⚙️ Done"),
    "not_changed": mark("👌 Nothing was changed: it is so already, or the question is over"),
    "noted": mark("📝 Noted in the timeline of #{number}"),
    "too_fast": mark("⏳ Too fast: wait {seconds} s"),
    "sent_below": mark("📎 Sent below"),
}


def toast(code: str, tongue: Tongue, detail: dict[str, str] | None = None) -> str:
    """`detail` fills the places of the sentence; a role in it is said in the tongue's own word."""
    words = dict(detail or {})
    if words.get("role") in set(Role):
        words["role"] = tongue.plain(ROLES[Role(words["role"])])
    return one_line(tongue.plain(TOASTS[code], **words), LIMIT)
