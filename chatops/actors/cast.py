"""Which actors a process that leads has, in which order they start, and with what each is made. Reads as that list.

It starts none of them: that is the supervisor's, for which these are specifications.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import structlog

from chatops.actors.addresses import API, CHATS, HEARTBEATS, INCIDENTS, POOL, TELEGRAM, WEBHOOK, Address, chat_address
from chatops.actors.api.actor import ApiActor
from chatops.actors.arrivals import Arrivals
from chatops.actors.base import Actor
from chatops.actors.calendars import CALENDARS, CalendarsActor
from chatops.actors.chat import ChatActor
from chatops.actors.chat_messages import TopicGone
from chatops.actors.cluster_specs import cluster_specs
from chatops.actors.clusters import ClustersActor
from chatops.actors.escalation import ESCALATION, EscalationActor
from chatops.actors.fallback import FALLBACK, FallbackActor
from chatops.actors.figures import FIGURES, FiguresActor
from chatops.actors.ground import Ground
from chatops.actors.heartbeats import HeartbeatsActor
from chatops.actors.incident import IncidentActor
from chatops.actors.introduction import Introduction
from chatops.actors.janitor import JANITOR, JanitorActor
from chatops.actors.notary import NOTARY, NotaryActor
from chatops.actors.reviewer import REVIEWER, ReviewerActor
from chatops.actors.roll_call import ROLL_CALL, RollCallActor
from chatops.actors.self_audit import SELF_AUDIT, SelfAuditActor
from chatops.actors.specs import ChildSpec, FamilySpec, Restart, Start, starter
from chatops.actors.telegram import TelegramActor
from chatops.actors.upstream_specs import upstream_specs
from chatops.actors.webhook import WebhookActor
from chatops.core.rota_calendar import calendars
from chatops.core.telegram_features import GRANTED, Feature
from chatops.telegram.client import Telegram
from chatops.upstream.fallback import FallbackDoor

log = structlog.get_logger()


class Cast:
    """`specs` are asked for once the database is open: some are made with what is stored there."""

    def __init__(self, ground: Ground, arrivals: Arrivals) -> None:
        self._ground = ground
        self._arrivals = arrivals
        self._introduction = Introduction(ground.settings, ground.store.settings, ground.bot)
        self._telegram = _telegram(ground)

    def specs(self) -> list[ChildSpec | FamilySpec]:
        ground, settings, policy = self._ground, self._ground.settings, self._ground.policy
        notary = self._start(NotaryActor, chat_id=settings.audit_chat, health=ground.health)
        hearing = {"cluster_label": settings.cluster_label, "watchdogs": frozenset(settings.watchdog_alerts)}
        outside = upstream_specs(ground.directory, ground.health, settings.alertmanagers, settings.prometheus)
        return [
            # First, so that it is stopped last: its last checkpoint has what the others wrote at their end.
            ChildSpec(NOTARY, notary, Restart.TRANSIENT),
            *self._clusters(),
            *outside,
            self._telegram_spec(),
            FamilySpec(CHATS, self._chat()),
            FamilySpec(INCIDENTS, self._start(IncidentActor, outside=policy.outside, **hearing)),
            *(ChildSpec(address, start, Restart.TRANSIENT) for address, start in self._rounds()),
            ChildSpec(API, starter(ApiActor, ground.directory)),
            ChildSpec(WEBHOOK, self._start(WebhookActor, unanswered=ground.unanswered, **hearing)),
        ]

    def _start(self, actor: type[Actor], **arguments: Any) -> Start:
        """One that has the store, and knows what time it is."""
        ground = self._ground
        return starter(actor, ground.directory, store=ground.store, clock=ground.now, **arguments)

    def _clusters(self) -> Iterator[ChildSpec]:
        ground, contexts = self._ground, self._ground.settings.kube_contexts
        for context in contexts or (None,):
            yield from cluster_specs(ground.directory, ground.health, ground.settings, context)
        yield ChildSpec(POOL, starter(ClustersActor, ground.directory, contexts=contexts, clock=ground.now))

    def _telegram_spec(self) -> ChildSpec:
        introduction = self._introduction
        start = starter(
            TelegramActor,
            self._ground.directory,
            telegram=self._telegram,
            arrivals=self._arrivals,
            health=self._ground.health,
            unanswered=self._ground.unanswered,
            commands=introduction.commands(),
            hook=introduction.hook(),
            left_hook=introduction.left_hook(),
            menu=introduction.menu(),
            on_me=introduction.returned,
        )
        return ChildSpec(TELEGRAM, start)

    def _chat(self) -> Start:
        ground = self._ground
        return self._start(
            ChatActor, policy=ground.policy, bot_name=ground.bot.name, main_app=self._introduction.main_app
        )

    def _rounds(self) -> Iterator[tuple[Address, Start]]:
        """Those that look at something every so often. Without one of them the service goes on."""
        ground, settings, roster = self._ground, self._ground.settings, self._ground.policy.roster
        yield JANITOR, self._start(JanitorActor)
        if settings.report_schedule:
            yield REVIEWER, self._start(ReviewerActor, schedule=settings.report_schedule)
        yield SELF_AUDIT, self._start(SelfAuditActor)
        yield FIGURES, starter(FiguresActor, ground.directory, store=ground.store)
        yield HEARTBEATS, self._start(HeartbeatsActor)
        if settings.fallback:
            yield FALLBACK, self._fallback()
        if calendars(roster):
            # Here, since few have one: what reads calendars is a third of a start's time that is not our own.
            from chatops.upstream.calendar import CalendarDoor

            yield CALENDARS, self._start(CalendarsActor, roster=roster, open_door=CalendarDoor)
        after = timedelta(minutes=settings.escalate_after)
        yield ESCALATION, self._start(EscalationActor, after=after, roster=roster)
        if settings.alertmanagers:
            yield ROLL_CALL, self._start(RollCallActor, watchdogs=frozenset(settings.watchdog_alerts))

    def _fallback(self) -> Start:
        settings = self._ground.settings
        return self._start(
            FallbackActor,
            health=self._ground.health,
            door=FallbackDoor(settings.fallback),
            after=timedelta(minutes=settings.telegram_down_minutes),
            language=settings.language,
        )


def _telegram(ground: Ground) -> Telegram:
    settings, tell = ground.settings, ground.directory.tell
    return Telegram(
        ground.token,
        settings.telegram_api_url,
        features=frozenset(map(Feature, settings.telegram_features)) | GRANTED,
        on_refused=lambda feature: log.warning("telegram server does not know it, left out", feature=feature),
        on_topic_gone=lambda chat_id, thread_id: tell(chat_address(chat_id), TopicGone(thread_id)),
    )
