"""A summary's page in a browser, with real videos: what is played, where the cursor is, what clicks do."""

import io
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from vsumlab.core.timeline import Timeline
from vsumlab.video.page import summary_page
from vsumlab.video.result import VideoSummary

av = pytest.importorskip("av", reason="the extra `video` is not installed")
webdriver = pytest.importorskip("selenium.webdriver", reason="there is no Selenium")

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="there is no Chromium with its driver")

FPS, WIDTH, HEIGHT = 10, 160, 120
COLOURS = [(220, 30, 30), (30, 160, 40), (40, 60, 220), (230, 200, 30), (160, 40, 180), (30, 180, 190)]
ENDS = np.array([20, 40, 55, 80, 100, 120])
SHOTS = np.stack([np.r_[0, ENDS[:-1]], ENDS - 1], axis=1)
SELECTED = np.array([False, True, False, True, True, False])
"""Two seconds from 2 s, and four and a half from 5.5 s, of twelve."""
EVIL = "'\"><img src=x onerror=document.title='hurt'>&<script>document.title='hurt'<∕script>\n.mp4"


def encode(path: Path, frames: range | np.ndarray) -> None:
    """Writes frames of the video, each in the colour of its shot."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"g": "5"}
        for frame in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture(int(frame)), format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def picture(frame: int) -> np.ndarray:
    shot = int(np.searchsorted(ENDS, frame, side="right"))
    return np.full((HEIGHT, WIDTH, 3), COLOURS[shot], np.uint8)


def summary(name: str, fps: float = FPS) -> VideoSummary:
    picks = np.arange(0, 120, 5)
    scores = 0.5 + 0.4 * np.sin(picks / 9)
    return VideoSummary(Path(name), Timeline(picks, 120, SHOTS, fps=fps), scores, SELECTED, "a test")


def write_page(
    folder: Path, name: str = "holiday.mp4", whole: str | None = "../holiday.mp4", fps: float = FPS
) -> str:
    """Writes a summary's page into its folder; returns its URL."""
    made = summary(name, fps)
    pictures = [picture(shot.peak) for shot in made.key_shots]
    page = folder / "summary.html"
    page.write_text(summary_page(made, pictures, whole=whole), encoding="utf-8")
    return page.as_uri()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder that holds a video, and the one with its summary."""
    folder = tmp_path_factory.mktemp("videos")
    encode(folder / "holiday.mp4", range(120))
    (folder / "summary").mkdir()
    chosen = np.repeat(SELECTED, np.diff(SHOTS, axis=1)[:, 0] + 1)
    encode(folder / "summary" / "summary.mp4", np.flatnonzero(chosen))
    return folder / "summary"


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator["webdriver.Chrome"]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    flags += ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    for flag in (*flags, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


class Page:
    """An open page, as a reader has it before them."""

    def __init__(self, browser: "webdriver.Chrome", url: str) -> None:
        self.browser = browser
        browser.set_window_size(1280, 900)
        browser.get_log("browser")
        browser.get(url)
        self.wait(lambda: self.player("readyState") >= 1)

    def wait(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.browser, 20, poll_frequency=0.05).until(lambda _: condition())

    def script(self, code: str) -> object:
        return self.browser.execute_script(code)

    def player(self, what: str):
        return self.script(f"return document.querySelector('video').{what}")

    @property
    def plays(self) -> str:
        """The name of the file that is loaded."""
        return str(self.player("currentSrc")).rsplit("/", 1)[1]

    @property
    def cursor(self) -> float:
        """Where the cursor is, in seconds of the video, by where it is on the screen."""
        return float(
            self.script("""
              const curve = document.querySelector(".curve").getBoundingClientRect();
              const cursor = document.querySelector(".cursor").getBoundingClientRect();
              return 12 * ((cursor.left + cursor.right) / 2 - curve.left) / curve.width;""")
        )

    @property
    def message(self) -> str:
        return self.browser.find_element(By.CLASS_NAME, "message").text

    @property
    def marked(self) -> list[int]:
        """Which key-shots of the storyboard are marked, from 0."""
        links = self.browser.find_elements(By.CSS_SELECTOR, ".storyboard a")
        return [i for i, link in enumerate(links) if link.get_attribute("aria-current") == "true"]

    def curve(self):
        return self.browser.find_element(By.CLASS_NAME, "curve")

    def click(self, seconds: float) -> None:
        """Clicks on the curve at a time of the video."""
        self.point(seconds).click().perform()

    def point(self, seconds: float):
        """The pointer over the curve at a time of the video."""
        curve = self.curve()
        offset = round(curve.size["width"] * (seconds / 12 - 0.5))
        return webdriver.ActionChains(self.browser, 0).move_to_element_with_offset(curve, offset, 0)

    def shown(self) -> list[int]:
        """The colour in the middle of the player; the canvas cannot read it, a picture of the screen can."""
        image = Image.open(io.BytesIO(self.browser.find_element(By.TAG_NAME, "video").screenshot_as_png))
        return list(image.convert("RGB").getpixel((image.width // 2, image.height // 3)))

    def errors(self) -> list[str]:
        return [entry["message"] for entry in self.browser.get_log("browser")]


def in_video(seconds: float) -> float:
    """When a moment of the summary is in the video, frame by frame."""
    frames = np.flatnonzero(np.repeat(SELECTED, np.diff(SHOTS, axis=1)[:, 0] + 1))
    frame = min(int(seconds * FPS), len(frames) - 1)
    return float(frames[frame]) / FPS + seconds - frame / FPS


@pytest.fixture
def page(browser, folder) -> Page:
    return Page(browser, write_page(folder))


def test_the_summary_is_loaded_without_an_error(page) -> None:
    assert page.plays == "summary.mp4"
    assert page.player("duration") == pytest.approx(6.5, abs=0.05)
    assert page.cursor == pytest.approx(2, abs=0.02)
    assert page.errors() == []


def test_the_cursor_follows_the_player_through_the_key_shots(page) -> None:
    page.script("player.playbackRate = 2; player.play()")
    seen = []
    while not page.player("ended"):
        before, cursor, after = page.player("currentTime"), page.cursor, page.player("currentTime")
        seen.append(before)
        assert in_video(max(before - 0.2, 0)) - 0.02 <= cursor <= in_video(after) + 0.02  # a frame behind
        time.sleep(0.1)
    assert len({round(each) for each in seen}) >= 4
    assert page.cursor == pytest.approx(10, abs=0.02)


@pytest.mark.parametrize(("seconds", "expected"), [(2.5, 0.5), (6.5, 3.0), (8.6, 5.1)])
def test_a_click_in_a_key_shot_seeks_the_summary(page, seconds, expected) -> None:
    page.click(seconds)
    page.wait(lambda: page.player("seeking") is False)
    assert page.plays == "summary.mp4"
    assert page.player("paused")
    assert page.player("currentTime") == pytest.approx(expected, abs=0.02)
    assert page.cursor == pytest.approx(seconds, abs=0.02)
    shot = int(np.searchsorted(ENDS, seconds * FPS, side="right"))
    assert page.marked == [int(SELECTED[:shot].sum())]
    assert np.abs(np.subtract(page.shown(), COLOURS[shot])).max() < 30


def test_a_click_elsewhere_plays_the_whole_video_from_there(page) -> None:
    page.click(4.5)
    page.wait(lambda: page.plays == "holiday.mp4" and page.player("currentTime") > 4.6)
    assert not page.player("paused")
    assert page.player("currentTime") < 8
    assert page.script("return document.querySelector('input[value=whole]').checked")
    now = page.player("currentTime")
    assert now - 0.1 <= page.cursor <= page.player("currentTime") + 0.1
    page.click(2.5)  # it stays the whole video until the reader says otherwise
    page.wait(lambda: page.player("currentTime") < 4)
    assert page.plays == "holiday.mp4"
    assert page.errors() == []


def test_a_key_shot_is_played_from_its_start(page) -> None:
    page.browser.find_elements(By.CSS_SELECTOR, ".storyboard a")[1].click()
    page.wait(lambda: page.player("currentTime") > 2.1)
    assert page.plays == "summary.mp4"
    assert not page.player("paused")
    assert page.player("currentTime") < 4.5
    assert page.marked == [1]
    assert page.browser.current_url.endswith("summary.html")


def test_the_first_frame_of_a_key_shot_is_its_own(page) -> None:
    page.script("player.play = () => Promise.resolve()")
    for i, shot in enumerate(np.flatnonzero(SELECTED)):
        page.browser.find_elements(By.CSS_SELECTOR, ".storyboard a")[i].click()
        page.wait(lambda: page.player("seeking") is False)
        assert page.cursor == pytest.approx(SHOTS[shot, 0] / FPS, abs=0.02)
        assert np.abs(np.subtract(page.shown(), COLOURS[shot])).max() < 30


@pytest.mark.parametrize("played", ["summary", "whole"])
def test_times_that_the_player_rounds_are_in_their_key_shot(browser, folder, played) -> None:
    page = Page(browser, write_page(folder, fps=9.99))
    page.browser.find_element(By.CSS_SELECTOR, f"input[value={played}]").click()
    page.wait(lambda: page.player("readyState") >= 1)
    page.script("player.play = () => Promise.resolve()")
    for i, link in enumerate(page.browser.find_elements(By.CSS_SELECTOR, ".storyboard a")):
        link.click()
        page.wait(lambda: page.player("seeking") is False)
        assert page.marked == [i]


def test_the_switch_keeps_the_moment(page) -> None:
    page.click(6.5)
    page.browser.find_element(By.CSS_SELECTOR, "input[value=whole]").click()
    page.wait(lambda: page.plays == "holiday.mp4" and page.player("readyState") >= 1)
    page.wait(lambda: abs(page.player("currentTime") - 6.5) < 0.05)
    assert page.player("paused")
    page.browser.find_element(By.CSS_SELECTOR, "input[value=summary]").click()
    page.wait(lambda: page.plays == "summary.mp4" and page.player("readyState") >= 1)
    page.wait(lambda: abs(page.player("currentTime") - 3.0) < 0.05)


def test_dragging_seeks_and_keeps_to_the_summary_within_its_key_shots(page) -> None:
    page.script("""window.seen = [];
      document.querySelector(".curve").addEventListener("pointermove", (event) => {
        if (event.buttons) seen.push([player.currentTime, place.textContent, player.currentSrc]);
      });""")
    second = page.curve().size["width"] / 12
    drag = page.point(2.5).click_and_hold()
    for step in (1, 0.9, 2.6):  # in one chain: between two, the driver takes the pointer from the page
        drag.move_by_offset(round(second * step), 0).pause(0.1)
    drag.release().perform()
    times, places, files = zip(*page.script("return seen"), strict=True)
    assert times == pytest.approx((1.5, 2.0, 3.5), abs=0.03)  # the second is outside: the nearest end
    assert [place.split()[-3] for place in places] == ["1", "1", "2"]
    assert all(file.endswith("summary.mp4") for file in (*files, page.plays))
    assert page.cursor == pytest.approx(7, abs=0.03)
    assert page.player("paused")


def test_a_drag_that_ends_elsewhere_plays_the_whole_video_from_there(page) -> None:
    second = page.curve().size["width"] / 12
    page.point(2.5).click_and_hold().move_by_offset(round(2 * second), 0).pause(0.1).release().perform()
    page.wait(lambda: page.plays == "holiday.mp4" and page.player("currentTime") > 4.6)
    assert page.plays == "holiday.mp4"


def test_arrow_keys_on_the_curve_seek(page) -> None:
    curve = page.curve()
    assert curve.aria_role == "slider"
    page.script("document.querySelector('.curve').focus()")
    curve.send_keys(Keys.ARROW_RIGHT)
    assert page.player("currentTime") == pytest.approx(1, abs=0.01)
    assert page.cursor == pytest.approx(3, abs=0.02)
    curve.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert page.cursor == pytest.approx(6.5, abs=0.02)  # over what is not in the summary
    assert curve.get_attribute("aria-valuenow") == "6"
    assert curve.get_attribute("aria-valuetext") == "0:06 of 0:12, key-shot 2 of 3"
    curve.send_keys(Keys.ARROW_LEFT)
    assert page.player("currentTime") == pytest.approx(2, abs=0.01)
    curve.send_keys(Keys.END)
    assert page.cursor == pytest.approx(10, abs=0.1)
    curve.send_keys(Keys.HOME)
    assert page.cursor == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize("broken", ["missing", "no video", "sound alone"])
def test_a_video_that_cannot_be_played_is_said_and_the_summary_is_back(browser, folder, broken) -> None:
    other = folder / f"{broken}.mp4"
    if broken == "no video":
        other.write_bytes(b"this is no video" * 1000)
    elif broken == "sound alone":
        with av.open(str(other), "w") as container:
            stream = container.add_stream("aac", rate=44_100, layout="mono")
            for i in range(50):
                sound = av.AudioFrame.from_ndarray(
                    np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
                )
                sound.sample_rate, sound.pts = 44_100, 1024 * i
                container.mux(stream.encode(sound))
            container.mux(stream.encode())
    page = Page(browser, write_page(folder, whole=other.name))
    page.click(4.7)
    page.wait(lambda: "holiday.mp4 cannot be played" in page.message)
    page.wait(lambda: page.plays == "summary.mp4" and page.player("readyState") >= 1)
    page.wait(lambda: abs(page.player("currentTime") - 2.0) < 0.05)  # where the nearest key-shot ends
    assert page.script("return document.querySelector('input[value=summary]').checked")
    page.script("window.loads = 0; player.addEventListener('loadstart', () => { loads += 1; })")
    page.click(0.5)  # outside again: it is not tried a second time
    page.wait(lambda: page.player("currentTime") < 0.05)
    assert page.script("return loads") == 0
    assert not page.browser.find_element(By.CSS_SELECTOR, "input[value=whole]").is_enabled()
    page.script("document.querySelector('video').play()")
    page.wait(lambda: page.player("currentTime") > 0.2)


def test_a_summary_that_is_not_there_is_said(browser, folder, tmp_path) -> None:
    browser.get(write_page(tmp_path, whole=None))
    message = browser.find_element(By.CLASS_NAME, "message")
    WebDriverWait(browser, 20).until(lambda _: message.text)
    assert "The summary cannot be played" in message.text


def test_hostile_names_do_nothing_and_their_videos_play(browser, folder) -> None:
    name = EVIL
    (folder / name).write_bytes((folder.parent / "holiday.mp4").read_bytes())
    page = Page(browser, write_page(folder, name, whole=name))
    assert page.browser.find_element(By.TAG_NAME, "h1").text == " ".join(name.split())
    page.click(4.5)
    page.wait(lambda: page.plays == quote(name) and page.player("currentTime") > 4.6)
    assert page.script("return document.title") == " ".join(f"{name} · summary · vsumlab".split())
    assert page.script("return document.querySelectorAll('script').length") == 1
    assert page.errors() == []
    (folder / name).unlink()
    page = Page(browser, write_page(folder, name, whole=name))
    page.click(4.5)
    page.wait(lambda: "cannot be played" in page.message)
    assert page.script("return document.querySelectorAll('script, img[src=x]').length") == 1


@pytest.mark.parametrize("width", [360, 500, 1280])
def test_nothing_runs_past_the_edge(browser, folder, width) -> None:
    page = Page(browser, write_page(folder, f"{'long' * 60}.mp4"))
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        assert page.script("return innerWidth") == width
        assert page.script("return document.documentElement.scrollWidth") <= width
        past = page.script("""return [...document.body.querySelectorAll("*")].filter((each) =>
          each.getBoundingClientRect().right > innerWidth + 0.5).map((each) => each.outerHTML)""")
        assert past == []
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_without_scripts_the_curve_and_the_storyboard_are_there(browser, folder) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(write_page(folder))
        assert [image.size["width"] > 50 for image in browser.find_elements(By.TAG_NAME, "img")] == [True] * 3
        assert browser.find_element(By.CSS_SELECTOR, ".curve svg").size["height"] > 50
        assert "line: importance, 0.10 to 0.90" in browser.find_element(By.TAG_NAME, "main").text
        for name in ("choice", "cursor", "script"):
            assert not browser.find_element(By.CLASS_NAME, name).is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize(("media", "paper"), [("screen", "rgb(16, 22, 29)"), ("print", "rgb(255, 255, 255)")])
def test_the_dark_page_is_printed_light_and_without_what_paper_cannot_do(
    browser, folder, media, paper
) -> None:
    page = Page(browser, write_page(folder))
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": dark})
    try:
        assert page.script("return getComputedStyle(document.body).backgroundColor") == paper
        for name in ("video", ".cursor", ".choice", ".script", ".place"):
            element = browser.find_element(By.CSS_SELECTOR, name)
            assert element.is_displayed() == (media == "screen"), name
        for name in (".curve svg", "figure img", "figcaption", "dl"):
            assert browser.find_element(By.CSS_SELECTOR, name).is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
