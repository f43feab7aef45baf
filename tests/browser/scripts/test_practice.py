"""A guided practice: by the clock, at the client's own pace, with a pause and a stop, and into its log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Number, OneOf, Text
from site_builder.practices.model import Log, Pace, Practice, Step

if TYPE_CHECKING:
    from tests.browser.scripts.conftest import Clinic

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LOG = Form(
    id="log",
    version=1,
    title="Log",
    sections=(
        Section(
            (
                OneOf(
                    id="exercise", ask="Which?", choices=(Choice("breathing", "Breathing"), Choice("pmr", "Muscles"))
                ),
                Number(id="minutes", ask="How long?", unit="minutes"),
                Text(id="which", ask="What was it?"),
            ),
            "What you did",
        ),
    ),
)
BREATH = (Step("Breathe in", 4, "grow"), Step("Breathe out", 6, "shrink"))
PACED = Practice(
    "paced",
    "Paced breathing",
    (Pace((Step("In", 3, "grow"), Step("Out", 4, "shrink")), 10, "Gentle"), Pace(BREATH, 30, "Slow")),
    opening=(Step("Sit down.", 20),),
    log=Log("log", answers=(("exercise", "breathing"),)),
)
STEPS = Practice("steps", "Steps", (Pace((Step("Look around.", 60), Step("Listen.", 60)), 2),))
# Counts what the page asks of the browser; the browser's own sound and screen are not there in a test.
COUNTING = """
window.asked = [];
const Sound = window.AudioContext;
window.AudioContext = class extends Sound { constructor() { super(); window.asked.push("sound"); } };
class Lock { released = false; async release() { this.released = true; window.asked.push("released"); } }
Object.defineProperty(navigator, "wakeLock", {
  value: { request: async () => { window.asked.push("awake"); return new Lock(); } },
});
"""


@pytest.fixture(autouse=True)
def practices(clinic: Clinic) -> None:
    clinic.practices = {practice.id: practice for practice in (PACED, STEPS)}
    clinic.forms = {"log": LOG}


def opened(page: Page, clinic: Clinic, practice: str = "paced") -> Page:
    page.clock.install()
    page.goto(f"{clinic.address}/practices/{practice}")
    page.locator("[data-hw-start]").wait_for()
    return page


def words(page: Page) -> str:
    return page.inner_text(".hw-player__words")


def player(page: Page) -> str:
    return " ".join(page.inner_text(".hw-player").split())


def test_without_script_there_is_the_list_with_times(plain_phone: Page, clinic: Clinic) -> None:
    plain_phone.goto(f"{clinic.address}/practices/paced")
    text = " ".join(plain_phone.inner_text("homeward-practice").split())
    assert "Sit down. 20 seconds" in text
    assert "Slow Breathe in 4 seconds Breathe out 6 seconds Do this 30 times. That takes about 5 minutes." in text
    assert plain_phone.get_attribute(".hw-practice__log a", "href") == "/sheets/log"
    assert plain_phone.locator("homeward-practice button, homeward-practice input").count() == 0


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_it_leads_through_by_the_clock_and_waits_in_a_pause(
    device: str, request: pytest.FixtureRequest, clinic: Clinic
) -> None:
    page = opened(request.getfixturevalue(device), clinic)
    page.click("[data-hw-start]")
    assert words(page) == "Sit down."
    page.clock.run_for(20_500)
    assert words(page) == "In"
    page.clock.run_for(3_000)
    assert words(page) == "Out"
    page.click("[data-hw-pause]")
    assert words(page) == "Paused. Take your time."
    page.clock.run_for(600_000)
    page.click("[data-hw-pause]")
    assert words(page) == "Out"
    page.clock.run_for(4_000)
    assert words(page) == "In"


def test_the_client_chooses_the_pace(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    page.get_by_label("Slow").check()
    page.click("[data-hw-start]")
    page.clock.run_for(20_500)
    assert words(page) == "Breathe in"
    assert "about 5 minutes left" in player(page)


def test_a_locked_phone_finds_the_practice_where_the_clock_is(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic, "steps")
    page.click("[data-hw-start]")
    page.clock.fast_forward(130_000)
    page.clock.run_for(300)
    assert words(page) == "Look around."
    page.clock.fast_forward(7_200_000)
    page.clock.run_for(300)
    assert "How long: 4 minutes." in player(page)  # not two hours


def test_a_hidden_tab_says_where_it_is_on_return(phone: Page, clinic: Clinic) -> None:
    phone.add_init_script(COUNTING)
    page = opened(phone, clinic, "steps")
    page.click("[data-hw-start]")
    seen = "Object.defineProperty(document, 'visibilityState', {{ value: '{}', configurable: true }});"
    seen += "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(seen.format("hidden"))
    page.clock.fast_forward(70_000)
    page.evaluate("asked.length = 0")
    page.evaluate(seen.format("visible"))
    assert words(page) == "Listen."
    assert "about 3 minutes left" in player(page)


def test_it_ends_in_the_log_with_the_minutes_filled_in_once(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    page.click("[data-hw-start]")
    page.clock.run_for(90_300)
    assert "How long: 2 minutes." in player(page)
    assert page.evaluate("document.activeElement.className") == "hw-player__done"
    assert page.locator("a:visible", has_text="Note how it went").count() == 1
    page.click("[data-hw-log]")
    page.locator(".hw-practised").first.wait_for()
    assert page.url == clinic.sheet("log")  # what was practised is in no address
    assert page.input_value("[name=minutes]") == "2"
    assert page.is_checked("[value=breathing]")
    assert page.input_value("[name=which]") == ""
    assert "Filled in from “Paced breathing”." in page.inner_text("[data-field=minutes]")
    page.fill("[name=minutes]", "3")
    assert page.locator("[data-field=minutes] .hw-practised").count() == 0
    page.goto("about:blank")
    page.goto(clinic.sheet("log"))
    page.locator("[data-hw-continue]").wait_for()
    assert page.input_value("[name=minutes]") == ""


def test_what_is_typed_in_the_log_is_never_replaced(phone: Page, clinic: Clinic) -> None:
    phone.goto(clinic.sheet("log"))
    phone.locator("[data-hw-continue]").wait_for()
    phone.fill("[name=minutes]", "7")
    phone.check("[value=pmr]")
    phone.evaluate(
        """async () => {
          const { remember, fillFromPractice } = await import("/assets/homeward/practised.js");
          const log = { form: "log", minutes: "minutes", answers: { exercise: "breathing", which: "A breath" } };
          remember({ title: "Paced", log, minutes: 4 });
          fillFromPractice(document.querySelector("form"), "log", new AbortController().signal);
        }"""
    )
    assert (phone.input_value("[name=minutes]"), phone.is_checked("[value=pmr]")) == ("7", True)
    assert phone.input_value("[name=which]") == "A breath"
    assert phone.locator(".hw-practised").count() == 1


def test_a_practice_for_another_form_fills_in_nothing(phone: Page, clinic: Clinic) -> None:
    phone.goto(clinic.sheet("log"))
    phone.evaluate('sessionStorage.setItem(\'homeward practised\', \'{"form": "other", "answers": {"minutes": "4"}}\')')
    phone.reload()
    phone.locator("[data-hw-continue]").wait_for()
    assert phone.input_value("[name=minutes]") == ""


def test_stopping_early_is_fine_and_no_minute_is_made_up(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    page.click("[data-hw-start]")
    page.clock.run_for(10_000)
    page.click("[data-hw-stop]")
    assert "How long: less than a minute." in player(page)
    page.click("[data-hw-log]")
    page.locator(".hw-practised").first.wait_for()
    assert (page.input_value("[name=minutes]"), page.is_checked("[value=breathing]")) == ("", True)


def test_finishing_without_the_log_forgets_and_starts_anew(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    page.click("[data-hw-start]")
    page.clock.run_for(60_000)
    page.click("[data-hw-stop]")
    page.click("[data-hw-finish]")
    assert page.evaluate("document.activeElement.hasAttribute('data-hw-start')")
    assert page.evaluate("sessionStorage.length") == 0
    page.click("[data-hw-start]")
    assert words(page) == "Sit down."


def test_a_step_that_is_passed_over_is_not_counted(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic, "steps")
    page.click("[data-hw-start]")
    for _ in range(3):
        page.clock.run_for(20_000)
        page.click("[data-hw-next]")
    assert words(page) == "Listen."
    page.click("[data-hw-pause]")
    page.click("[data-hw-next]")
    assert "How long: 1 minute." in player(page)  # three times twenty seconds
    assert page.locator("[data-hw-log]").count() == 0  # it has no log
    assert page.inner_text("[data-hw-finish]") == "Finish"


def test_it_needs_no_network_once_it_is_open(contexts: Callable[..., BrowserContext], clinic: Clinic) -> None:
    context = contexts(viewport=PHONE)
    page = opened(context.new_page(), clinic)
    context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.check("input[type=checkbox]")  # with sound
    page.click("[data-hw-start]")
    page.clock.run_for(91_000)
    assert "How long: 2 minutes." in player(page)
    assert asked == []


def test_sound_is_off_unless_it_is_asked_for_and_the_screen_stays_on(phone: Page, clinic: Clinic) -> None:
    phone.add_init_script(COUNTING)
    page = opened(phone, clinic)
    assert page.evaluate("asked") == []
    page.click("[data-hw-start]")
    page.clock.run_for(30_000)
    assert page.evaluate("asked") == ["awake"]
    page.click("[data-hw-pause]")
    assert page.evaluate("asked") == ["awake", "released"]
    page.click("[data-hw-pause]")
    page.click("[data-hw-stop]")
    assert page.evaluate("asked") == ["awake", "released", "awake", "released"]
    page.click("[data-hw-finish]")
    page.check("input[type=checkbox]")
    page.click("[data-hw-start]")
    assert "sound" in page.evaluate("asked")


def test_a_browser_that_keeps_no_screen_on_is_no_problem(phone: Page, clinic: Clinic) -> None:
    phone.add_init_script("Object.defineProperty(navigator, 'wakeLock', { value: undefined })")
    page = opened(phone, clinic)
    page.click("[data-hw-start]")
    page.clock.run_for(21_000)
    assert words(page) == "In"


def test_a_screen_reader_hears_each_step_once_and_no_seconds(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    page.click("[data-hw-start]")
    page.evaluate(
        """() => {
          window.spoken = [];
          const watch = { childList: true, characterData: true, subtree: true };
          const live = document.querySelectorAll("[aria-live], [role=status], [role=alert]");
          for (const one of live) new MutationObserver(() => spoken.push(one.textContent)).observe(one, watch);
        }"""
    )
    page.clock.run_for(28_000)
    assert page.evaluate("spoken") == ["In", "Out", "In"]
    assert page.get_attribute(".hw-player__count", "aria-hidden") == "true"


def test_the_circle_breathes_and_stands_still_in_a_pause(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    page.click("[data-hw-start]")
    page.clock.run_for(20_250)
    circle = "document.querySelector('.hw-player__circle').style"
    assert page.evaluate(f"{circle}.transform") == "scale(1)"
    assert 2.5 < float(page.evaluate(f"{circle}.transitionDuration").removesuffix("s")) <= 3
    page.click("[data-hw-pause]")
    assert page.evaluate(f"{circle}.transitionDuration") == "0s"
    assert 0.5 <= float(page.evaluate(f"{circle}.transform")[6:-1]) < 1


def test_with_reduced_motion_words_and_seconds_say_it_all(
    contexts: Callable[..., BrowserContext], clinic: Clinic
) -> None:
    page = opened(contexts(viewport=PHONE, reduced_motion="reduce").new_page(), clinic)
    page.click("[data-hw-start]")
    page.clock.run_for(21_000)
    assert page.locator(".hw-player__circle").is_hidden()
    assert (words(page), page.locator(".hw-player__count").is_visible()) == ("In", True)


def test_all_of_it_works_from_the_keyboard(desktop: Page, clinic: Clinic) -> None:
    page = opened(desktop, clinic)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # the second pace
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert words(page) == "Sit down."
    page.keyboard.press("Space")
    assert words(page) == "Paused. Take your time."
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert words(page) == "Breathe in"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "How long" in player(page)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_buttons_are_large_enough_and_nothing_runs_over_the_edge(
    contexts: Callable[..., BrowserContext], clinic: Clinic, width: int
) -> None:
    page = opened(contexts(viewport={"width": width, "height": 700}).new_page(), clinic)
    page.click("[data-hw-start]")
    for name in ("pause", "next", "stop"):
        box = page.locator(f"[data-hw-{name}]").bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_paper_has_the_list_and_no_player(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    assert page.get_by_text("Breathe out").is_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.get_by_text("Breathe out").is_visible()
    assert page.locator(".hw-player").is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.get_by_text("Breathe out").is_hidden()


def test_axe_finds_nothing_while_it_runs_and_when_it_is_over(phone: Page, clinic: Clinic) -> None:
    page = opened(phone, clinic)
    barriers = []
    for press in ("start", "pause", "stop"):
        page.click(f"[data-hw-{press}]")
        page.clock.run_for(500)
        barriers += [entry["id"] for entry in Axe().run(page).response["violations"]]
    assert barriers == []
