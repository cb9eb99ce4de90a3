"""Rules of what a chat is spared, and of storms: what a digest stands for and says."""

import re
from collections import Counter

from chatops.core.storms import MOST_PAGES
from tests.simulation.news import News
from tests.simulation.rules import always, at_rest, hold
from tests.simulation.simulation import THRESHOLD, Simulation
from tests.simulation.telegram import Message

MINUTE = 60.0
_COUNTED = re.compile(r"<b>(\d+) incidents? in ")
_ENDED = re.compile(r"(\d+) ha(?:s|ve) ended")
_TAKEN = re.compile(r"(\d+) taken")


@always
def a_group_is_not_flooded(news: News) -> None:
    """One life of the service asks at most 20 things about a group in any minute."""
    hold(not news.sim.telegram.too_many, news.sim.telegram.too_many)


@always
def a_flood_wait_is_kept(news: News) -> None:
    """After a 429 nothing is asked about that chat before its wait is over."""
    hold(not news.sim.telegram.too_soon, news.sim.telegram.too_soon)


@always
def one_storm_takes_in_at_a_time(news: News) -> None:
    """A chat has at most one storm that takes incidents in, and no incident is in two digests of it."""
    if not _stormy(news):
        return
    found = news.sim.rows("SELECT chat_id FROM storms WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1")
    hold(not found, found)
    twice = "SELECT chat_id, incident_id FROM storm_members GROUP BY 1, 2 HAVING count(*) > 1"
    hold(not news.sim.rows(twice), twice)


@always
def a_digest_is_never_ahead(news: News) -> None:
    """No digest is said to show changes that are not there yet."""
    if _stormy(news):
        found = news.sim.rows("SELECT * FROM storms WHERE shown > wanted")
        hold(not found, found)


@always
def a_burst_is_few_messages(news: News) -> None:
    """In one life of the service, and of its chat, no minute begins more cards than a storm takes, and two that page.

    Beside those that somebody opened, and those that stand for one that was deleted or not heard of.
    """
    telegram = news.sim.telegram
    for chat, begun in telegram.begun.items():
        lately = [each for each in begun if each.at > news.sim.time.seconds - MINUTE]
        excused = sum(each.deleted or each.lost for each in telegram.messages[chat].values())
        excused += sum(each_chat == ("chat", chat) for _, each_chat in news.sim.all_deaths)
        mine = Counter(each.life for each in lately if each.key.startswith("card:"))
        hold(max(mine.values(), default=0) <= THRESHOLD + MOST_PAGES + excused, (chat, mine, excused))


@at_rest
def every_digest_is_the_newest(sim: Simulation) -> None:
    """Each digest shows every change of what it stands for."""
    found = sim.rows("SELECT id, chat_id, shown, wanted FROM storms WHERE shown <> wanted")
    hold(not found, found)


@at_rest
def every_digest_counts_right(sim: Simulation) -> None:
    """A digest says how many incidents it stands for, how many have ended, and how many of the others are taken."""
    query = (
        "SELECT storms.chat_id, storms.message_id, count(*), sum(status <> 'active'), "
        "sum(status = 'active' AND taken_by_id IS NOT NULL) FROM storms "
        "JOIN storm_members ON storm_id = storms.id JOIN incidents ON incidents.id = storm_members.incident_id "
        "LEFT JOIN positions ON positions.chat_id = storms.chat_id AND positions.message_id = storms.message_id "
        "WHERE coalesce(screen, 'storm') = 'storm' GROUP BY storms.id"
    )
    for chat, number, members, ended, taken in sim.rows(query):
        message: Message = sim.telegram.messages[chat][number]
        if not message.deleted:
            said = tuple(
                int(found[1]) if (found := each.search(message.html)) else 0 for each in (_COUNTED, _ENDED, _TAKEN)
            )
            hold(said == (members, ended, taken), (said, (members, ended, taken), message.html))


@at_rest
def one_digest_per_storm(sim: Simulation) -> None:
    """A storm has one message, and one more at most for each that was deleted or whose news were lost."""
    sent = Counter((m.chat_id, m.key.split(":")[1]) for m in sim.telegram.everything() if m.key.startswith("storm:"))
    for (chat, storm), times in sent.items():
        mine = [m for m in sim.telegram.everything() if m.chat_id == chat and m.key.startswith(f"storm:{storm}:")]
        excused = sum(m.deleted or m.lost for m in mine)
        lost_news = sim.lives - 1 + sum(address in (("chat", chat), ("telegram",)) for _, address in sim.all_deaths)
        hold(times <= 1 + excused + lost_news, (chat, storm, [m.id for m in mine]))


def _stormy(news: News) -> bool:
    return bool(news.sim.rows("SELECT 1 FROM storms LIMIT 1"))
