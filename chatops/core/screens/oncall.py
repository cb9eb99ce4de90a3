"""Who is on call: the rotas, whom to hand over to, and the question before anything is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.oncall import Duty, Member
from chatops.core.people import User
from chatops.core.screens.base import PAGE_SIZE, Screen, bold, in_rows, page_row, pages_of, screen
from chatops.core.texts import Tongue, mark, one_line

LIFETIME = timedelta(seconds=60)
"""How long the question stands, as that of a change in the cluster."""

SPANS = {"1": timedelta(hours=1), "8": timedelta(hours=8), "turn": None}
"""How long somebody stands in, as a button says it; None: until the hand-over."""

SPAN_LABELS = {"1": mark("1 h"), "8": mark("8 h"), "turn": mark("until hand-over")}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be confirmed: `member` stands in until then; without one the rotation counts again."""

    rota: str
    member: Member | None = None
    until: datetime | None = None


def on_call(duties: dict[str, Duty], tongue: Tongue) -> Screen:
    """Each rota with who has it, until when and who then; nothing but a word where there is none."""
    if not duties:
        return screen([tongue.say("☎️ Nobody is on call: there is no rota. <code>ONCALL_FILE</code> names one.")], [])
    lines: list[Markup | None] = []
    rows: list[Sequence[Button | None]] = []
    for rota, duty in duties.items():
        lines += [_line(rota, duty, tongue), _covers(duty, tongue)]
        args = {"rota": rota}
        of = f" · {rota}" if len(duties) > 1 else ""
        back = Button("↩️ " + tongue.plain("Back to the rotation") + of, Verb.COVER, {**args, "back": "1"})
        ways = [
            Button("✋ " + tongue.plain("Take over") + of, Verb.RELIEF, {**args, "self": "1"}),
            Button("🤝 " + tongue.plain("Hand over") + of, Verb.RELIEF, args),
        ]
        # With the rota's name one fills a row of a phone.
        rows += [*in_rows(ways, 1 if of else 2), [back if duty.covers or duty.fills else None]]
    return screen(["☎️ " + bold(tongue.plain("On call")), "", *lines], [*rows, [Button("🔄", Verb.ONCALL)]])


def relief(rota: str, members: Sequence[Member], tongue: Tongue, *, page: int) -> Screen:
    """Whom to hand over to."""
    pages = pages_of(len(members))
    page = min(max(page, 0), pages - 1)
    shown = members[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    people = [Button(one_line(each.name, 40), Verb.RELIEF, {"rota": rota, "user": str(each.id)}) for each in shown]
    return screen(
        [tongue.say("🤝 Who is to be on call for {rota}?", rota=bold(rota, 60))],
        [*in_rows(people, 2), page_row(Verb.RELIEF, page, pages, Button("", args={"rota": rota})), [_back(tongue)]],
    )


def spans(rota: str, member: Member | None, tongue: Tongue, *, ends: bool = True) -> Screen:
    """For how long; None is whoever presses. `ends`: it is known when the turn is over."""
    args = {"rota": rota, **({"user": str(member.id)} if member else {})}
    offered = [span for span, length in SPANS.items() if length or ends]
    buttons = [Button(tongue.plain(SPAN_LABELS[span]), Verb.COVER, {**args, "span": span}) for span in offered]
    words = {"rota": bold(rota, 60), "name": bold(member.name, 60) if member else ""}
    asks = (
        tongue.say("🤝 For how long is {name} to be on call for {rota}?", **words)
        if member
        else tongue.say("✋ For how long do you take over {rota}?", **words)
    )
    return screen([asks], [buttons[:2], buttons[2:], [_back(tongue)]])


def question(asked: Asked, tongue: Tongue, *, by: User | None) -> Screen:
    """Only `by` can confirm it, within LIFETIME and once; nobody where it is drawn for nobody."""
    args = {"rota": asked.rota}
    if asked.member is None or asked.until is None:
        said = tongue.say("↩️ Is the rotation of {rota} to count again?", rota=bold(asked.rota, 60))
        args["back"] = "1"
    else:
        words = {"name": bold(asked.member.name, 60), "rota": bold(asked.rota, 60), "until": tongue.moment(asked.until)}
        said = tongue.say("☎️ {name} is on call for {rota} from now on, until {until}?", **words)
        args |= {"user": str(asked.member.id), "until": str(int(asked.until.timestamp()))}
    does = Button(
        "✅ " + tongue.plain("Yes"),
        Verb.DO_COVER,
        args,
        for_user=by.id if by else None,
        lifetime=LIFETIME,
        once=True,
    )
    return screen([said], [[does if by else None, Button(tongue.plain("Cancel"), Verb.ONCALL)]])


def _line(rota: str, duty: Duty, tongue: Tongue) -> Markup:
    words = {"rota": one_line(rota, 60), "name": bold(duty.member.name, 60) if duty.member else ""}
    if duty.until is None:
        return tongue.say("{rota}: nobody, and nobody is planned", **words)
    words["until"] = tongue.moment(duty.until)
    if duty.next is None:
        return tongue.say("{rota}: {name} until {until}, then nobody", **words)
    words["next"] = one_line(duty.next.name, 60)
    if duty.member is None:
        return tongue.say("{rota}: nobody until {until}, then {next}", **words)
    return tongue.say("{rota}: {name} until {until}, then {next}", **words)


def _covers(duty: Duty, tongue: Tongue) -> Markup | None:
    return tongue.say("🔁 instead of {name}", name=one_line(duty.covers.name, 60)) if duty.covers else None


def _back(tongue: Tongue) -> Button:
    return Button(tongue.plain("« On call"), Verb.ONCALL)
