"""The page in a browser, in each state that it can be in."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from chatops.web.problem import Problem

from .canned import Canned, moment, pod, row
from .conftest import Visits, needs_chromium

pytestmark = needs_chromium

SignIn = Callable[..., Page]
BROKEN = Problem(500, "internal_error", "the request failed inside the service")


class TestSigningIn:
    def test_a_stranger_is_told_to_come_from_the_bot_and_nothing_is_asked_for(
        self, visits: Visits, url: str, canned: Canned
    ) -> None:
        page = visits.page()
        page.goto(f"{url}/app/")
        expect(page.get_by_text("Open it from the bot.")).to_be_visible()
        assert canned.asked == []

    def test_a_login_link_opens_the_page_and_leaves_the_address(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in()
        expect(page.get_by_role("heading", level=1)).to_have_text("Open incidents")
        assert "GOOD" not in page.url
        page.reload()
        expect(page.locator(".row").first).to_be_visible()
        assert [path for _, path, _ in canned.asked].count("/session") == 1
        assert page.evaluate("localStorage.length") == 0

    def test_a_used_login_link_says_how_to_get_another(self, visits: Visits, url: str) -> None:
        visits.expected = ["401"]
        page = visits.page()
        page.goto(f"{url}/app/#login=USED")
        expect(page.get_by_text("This link does not work any more.")).to_be_visible()

    def test_when_the_session_is_over_the_way_back_leads_to_the_bot(
        self, sign_in: SignIn, visits: Visits, canned: Canned
    ) -> None:
        visits.expected = ["401"]
        page = sign_in()
        canned.fails["GET /incidents/8"] = Problem(401, "expired", "the session is over")
        page.locator(".row", has_text="#8").click()
        expect(page.get_by_text("Your session is over.")).to_be_visible()
        expect(page.get_by_role("link", name="Open the bot")).to_have_attribute("href", "https://t.me/oncall_bot")
        assert page.evaluate("sessionStorage.getItem('chatops.session')") is None

    def test_leaving_ends_the_session(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/settings")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("Your session is over.")).to_be_visible()
        assert ("DELETE", "/session") in [(method, path) for method, path, _ in canned.asked]


class TestOpen:
    def test_the_worst_and_unowned_stand_first_and_filters_are_in_the_address(self, sign_in: SignIn) -> None:
        page = sign_in()
        rows = page.locator(".row")
        expect(rows.first).to_contain_text("critical")
        expect(rows.first).to_contain_text("nobody")
        page.get_by_role("button", name="info").click()
        expect(page.locator(".total")).to_have_text("3 open")
        page.get_by_role("searchbox").fill("nothing like this")
        expect(page.get_by_text("Nothing fits these filters.")).to_be_visible()
        assert page.url.endswith("#/open?severity=info&q=nothing+like+this")
        page.get_by_role("button", name="Clear filters").click()
        expect(page.locator(".total")).to_have_text("12 open")

    def test_a_change_is_shown_and_said(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in()
        new = row(500, severity="critical", title="Disk on fire", opened_at=moment(), taken_by=None)
        canned.change(new, row(8, status="resolved"))
        # What a phone does when the app comes back to the front.
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator(".row").first).to_contain_text("Disk on fire")
        expect(page.locator(".row", has_text="#8 ")).to_have_count(0)
        expect(page.locator("[aria-live=polite]", has_text="New incident, critical: Disk on fire")).to_have_count(1)

    def test_ten_thousand_rows_are_few_in_the_page(self, sign_in: SignIn, canned: Canned) -> None:
        canned.rows = [row(n, severity="warning", taken_by=None) for n in range(1, 10_001)]
        page = sign_in()
        expect(page.locator(".total")).to_have_text("more than 100")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator(".total")).not_to_have_text("more than 100")
        assert page.locator(".row").count() < 60

    def test_without_a_network_the_last_rows_stay_with_their_time(
        self, sign_in: SignIn, visits: Visits, canned: Canned
    ) -> None:
        visits.expected = ["Failed to load resource", "net::"]
        page = sign_in()
        page.context.set_offline(True)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator(".freshness")).to_contain_text("No connection. This is as of ")
        assert page.locator(".row").count() == 12
        page.context.set_offline(False)
        expect(page.locator(".freshness")).to_have_text("")

    def test_a_failing_service_says_so_and_can_be_asked_again(
        self, sign_in: SignIn, visits: Visits, canned: Canned
    ) -> None:
        visits.expected = ["500"]
        page = sign_in()
        canned.fails["GET /incidents"] = BROKEN
        page.get_by_role("button", name="warning").click()
        expect(page.get_by_text("The service failed at this.")).to_be_visible()
        canned.fails.clear()
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".row").first).to_be_visible()

    def test_who_may_read_nothing_is_not_told_that_all_is_quiet(self, visits: Visits, url: str, canned: Canned) -> None:
        canned.reads, canned.rows = False, []
        page = visits.page()
        page.goto(f"{url}/app/#login=GOOD")
        expect(page.get_by_text("You may not see this.")).to_be_visible()

    def test_quiet_is_said_with_its_time(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in()
        canned.rows = []
        page.get_by_role("button", name="Mine").click()
        page.get_by_role("button", name="Mine").click()
        expect(page.get_by_text("All quiet.")).to_be_visible()


class TestIncident:
    def test_it_is_taken_by_the_second_button(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/incident/96")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.get_by_role("button", name="Take").click()
        expect(page.get_by_text("You did acknowledge #96")).to_be_visible()
        expect(page.get_by_role("button", name="Take")).to_have_count(0)
        expect(page.get_by_role("button", name="Release")).to_be_visible()
        page.get_by_role("button", name="Back", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Open incidents")

    def test_a_change_takes_a_preview_and_a_second_press(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/incident/96")
        page.get_by_role("button", name="Roll back to 42").last.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Roll back checkout to revision 42?")
        expect(dialog).to_contain_text("It is the only ready pod")
        expect(dialog).to_contain_text("kubectl -n shop rollout undo")
        expect(dialog).to_contain_text("Stands for")
        dialog.get_by_role("button", name="Roll back to 42").click()
        expect(page.get_by_text("Rolling back checkout")).to_be_visible()
        expect(dialog).to_have_count(0)
        assert [path for _, path, _ in canned.asked].count("/confirmations/token-1") == 1

    def test_what_cannot_be_undone_takes_the_word(self, sign_in: SignIn, canned: Canned) -> None:
        canned.preview |= {"guard": "word", "word": "checkout"}
        page = sign_in("#/incident/96")
        page.locator(".offer").first.click()
        dialog = page.get_by_role("dialog")
        do = dialog.get_by_role("button", name="Roll back to 42")
        # Before that nothing can be confirmed: it would be the second half of a double tap.
        expect(dialog.locator("form")).to_have_attribute("data-phase", "ready")
        expect(do).to_be_disabled()
        dialog.get_by_label("Write checkout to confirm").fill("checkou")
        expect(do).to_be_disabled()
        dialog.get_by_label("Write checkout to confirm").fill("checkout")
        do.click()
        expect(dialog).to_have_count(0)
        assert ("POST", "/confirmations/token-1", {"word": "checkout"}) in canned.asked

    def test_what_takes_a_second_person_or_is_refused_cannot_be_confirmed(
        self, sign_in: SignIn, canned: Canned
    ) -> None:
        canned.preview |= {"guard": "second", "question": "Oleg was asked to approve it."}
        page = sign_in("#/incident/96")
        page.locator(".offer").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Oleg was asked")
        expect(dialog.get_by_role("button")).to_have_text(["Copy", "Close"])
        page.keyboard.press("Escape")
        canned.preview |= {"guard": "tap", "refusal": "Its rollout is paused already."}
        page.locator(".offer").nth(1).click()
        expect(dialog).to_contain_text("Its rollout is paused already.")
        expect(dialog.get_by_role("button")).to_have_text(["Copy", "Close"])

    def test_an_expired_confirm_is_looked_at_again(self, sign_in: SignIn, canned: Canned) -> None:
        canned.preview["expires_at"] = moment(5)
        page = sign_in("#/incident/96")
        page.locator(".offer").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("The time to confirm is over.")
        expect(dialog.get_by_role("button", name="Roll back to 42")).to_have_count(0)
        canned.preview["expires_at"] = moment(-60)
        dialog.get_by_role("button", name="Look again").click()
        expect(dialog.get_by_role("button", name="Roll back to 42")).to_be_visible()

    def test_a_phone_whose_clock_is_off_counts_the_services_time(self, visits: Visits, url: str) -> None:
        page = visits.page()
        page.add_init_script("Date.now = (now => () => now() - 600_000)(Date.now)")
        page.goto(f"{url}/app/#login=GOOD")
        page.locator(".row", has_text="#8 ").click()
        page.locator(".offer").first.click()
        expect(page.get_by_role("dialog")).to_contain_text(re.compile(r"Stands for \d+ s"))

    def test_a_refusal_is_said_in_the_services_words(self, sign_in: SignIn, visits: Visits, canned: Canned) -> None:
        visits.expected = ["409"]
        canned.fails["POST /confirmations"] = Problem(409, "used", "It was done already by Oleg.")
        page = sign_in("#/incident/96")
        page.locator(".offer").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Roll back to 42").click()
        expect(page.get_by_text("It was done already by Oleg.")).to_be_visible()

    def test_rejecting_asks_why_and_silencing_for_how_long(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/incident/96")
        page.get_by_role("button", name="Reject").click()
        page.get_by_role("dialog").get_by_role("button", name="False alarm").click()
        expect(page.get_by_text("You did reject #96")).to_be_visible()
        page.get_by_role("button", name="Silence").click()
        page.get_by_role("dialog").get_by_role("button", name="4 h").click()
        expect(page.get_by_text("You did silence #96")).to_be_visible()
        page.get_by_role("button", name="Note").click()
        page.get_by_role("dialog").get_by_role("textbox").fill("looking at the image")
        page.get_by_role("button", name="Write it down").click()
        expect(page.get_by_text("You did note #96")).to_be_visible()
        bodies = {path: body for method, path, body in canned.asked if method == "POST"}
        assert bodies["/incidents/96/reject"] == {"reason": "false_alarm"}
        assert bodies["/incidents/96/silence"] == {"length": "4h"}
        assert bodies["/incidents/96/note"] == {"text": "looking at the image"}

    def test_objects_lead_to_logs_descriptions_and_what_can_be_done(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/incident/96")
        page.locator("summary", has_text="checkout-7c9d8-x2k4q").click()
        page.get_by_role("button", name="Actions").first.click()
        expect(page.locator(".tree .offer").first).to_contain_text("Restart checkout")
        page.locator(".containers").get_by_role("link", name="Crash logs").click()
        expect(page.locator(".log")).to_contain_text("line 59 of the log")
        expect(page.get_by_text("No previous container")).to_be_visible()
        page.get_by_role("searchbox").fill("LINE 7 ")
        expect(page.locator("mark")).to_have_text("line 7")
        page.get_by_role("searchbox").fill("panic")
        with page.expect_request(lambda sent: sent.url.endswith("&q=panic")):
            page.get_by_role("button", name="Search older lines").click()
        expect(page.get_by_role("button", name="Only with “panic”")).to_be_visible()
        asked = [body for _, path, body in canned.asked if path == "/incidents/96/logs"]
        assert asked[0]["previous"] == "1"
        page.get_by_role("button", name="Back", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Crash loop · checkout")

    def test_what_one_may_not_see_is_not_there(self, sign_in: SignIn, visits: Visits, canned: Canned) -> None:
        visits.expected = ["404"]
        canned.fails["GET /incidents/5"] = Problem(404, "not_found", "There is no such incident.")
        page = sign_in("#/incident/5")
        expect(page.get_by_text("There is no such incident.")).to_be_visible()


class TestHistory:
    def test_what_is_shown_becomes_a_csv_that_runs_nothing(
        self, sign_in: SignIn, canned: Canned, tmp_path: Path
    ) -> None:
        canned.closed[0] |= {"title": '=HYPERLINK("http://evil")', "object": 'a,"b"'}
        page = sign_in("#/history?days=30&status=resolved")
        with page.expect_download() as started:
            page.get_by_role("button", name="CSV of 30 rows").click()
        started.value.save_as(tmp_path / "rows.csv")
        head, *rows = csv.reader(io.StringIO((tmp_path / "rows.csv").read_text()))
        assert len(rows) == 30
        odd = dict(zip(head, next(each for each in rows if each[0] == "100"), strict=True))
        assert odd["title"] == '\'=HYPERLINK("http://evil")'
        assert odd["object"] == 'a,"b"'
        asked = next(body for _, path, body in reversed(canned.asked) if path == "/incidents" and "since" in body)
        assert asked["status"] == "resolved"

    def test_a_label_leads_to_what_was_like_it(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/incident/96")
        page.get_by_text("Group and source").click()
        with page.expect_request(lambda sent: "label=alertname%3DKubePodCrashLooping" in sent.url):
            page.get_by_role("link", name="KubePodCrashLooping").click()
        chip = page.get_by_role("button", name="alertname=KubePodCrashLooping")
        chip.click()
        expect(chip).to_have_count(0)

    def test_an_incident_becomes_markdown(self, sign_in: SignIn) -> None:
        page = sign_in("#/incident/96")
        with page.expect_download() as started:
            page.get_by_role("button", name="Postmortem").click()
        assert started.value.suggested_filename == "incident-96.md"


class TestReports:
    def test_each_picture_has_a_sentence_and_a_table(self, sign_in: SignIn) -> None:
        page = sign_in("#/reports?days=30")
        expect(page.locator("canvas")).to_have_count(3)
        figures = page.locator(".figure")
        expect(figures).to_have_count(6)
        for at in range(6):
            figure = figures.nth(at)
            assert figure.locator("table").count() == 1
            assert figure.locator("> p").first.inner_text()
        expect(page.get_by_text("Median 3 min, p90 14 min, n 34")).to_be_visible()
        page.get_by_text("As a table").first.click()
        expect(figures.first.get_by_role("cell", name="13 min 20 s").first).to_be_visible()


class TestAuditAndSettings:
    def test_only_admins_have_the_audit_log_and_people(self, sign_in: SignIn, canned: Canned) -> None:
        canned.admin = False
        page = sign_in("#/settings")
        expect(page.get_by_text("operator everywhere")).to_be_visible()
        expect(page.get_by_role("link", name="Audit")).to_have_count(0)
        expect(page.get_by_role("heading", name="People")).to_have_count(0)

    def test_denied_acts_are_marked_and_found(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/audit")
        expect(page.locator(".denied")).to_have_count(1)
        page.get_by_label("Decision").select_option("denied")
        page.get_by_text("Details").first.click()
        with page.expect_request(lambda sent: sent.url.endswith("/audit?type=denied&decision=denied")):
            page.get_by_role("button", name="Only denied", exact=True).click()
        expect(page.get_by_role("button", name="Remove the filter denied")).to_be_visible()

    def test_a_token_is_shown_once(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/settings")
        page.get_by_label("Name").fill("ci")
        page.get_by_role("button", name="Make a token").click()
        expect(page.get_by_text("cop_only-once")).to_be_visible()
        page.get_by_role("button", name="I have it").click()
        expect(page.get_by_text("cop_only-once")).to_have_count(0)
        page.get_by_role("button", name="Revoke ci").click()
        with page.expect_response(lambda told: told.request.method == "DELETE"):
            page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        assert ("POST", "/tokens", {"name": "ci", "scope": "read", "days": 30}) in canned.asked
        assert ("DELETE", "/tokens/1") in [(method, path) for method, path, _ in canned.asked]

    def test_a_grant_is_given(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/settings")
        page.get_by_role("button", name="Change grants: Oleg").click()
        form = page.get_by_role("form", name="Change grants: Oleg")
        form.get_by_label("Role").select_option("operator")
        form.get_by_label("Namespace").fill("shop")
        form.get_by_role("button", name="Grant").click()
        expect(page.get_by_text("Saved: Oleg")).to_be_visible()
        wanted = {"role": "operator", "cluster": "*", "namespace": "shop"}
        assert ("POST", "/users/8/grants", wanted) in canned.asked

    def test_the_language_is_changed_everywhere_at_once(self, sign_in: SignIn, canned: Canned) -> None:
        page = sign_in("#/settings")
        page.get_by_label("Language").select_option("ru")
        expect(page.get_by_role("heading", level=1)).to_have_text("Настройки")
        assert page.locator("html").get_attribute("lang") == "ru"
        canned.incident["objects"]["pods"] = [pod("a", well=False) | {"restarts": 21}]
        page.get_by_role("link", name="Открытые").click()
        expect(page.locator(".total")).to_have_text("12 открыто")
        page.locator(".row").first.click()
        expect(page.get_by_text("21 рестарт", exact=False).first).to_be_attached()
