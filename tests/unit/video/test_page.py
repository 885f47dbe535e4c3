"""A summary's page as text: whole in itself, escaped, and its curve that of the scores."""

import base64
import io
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vsumlab.core.timeline import Timeline
from vsumlab.video.page import COLUMNS, HEIGHT, curve, envelope, facts, labelled, summary_page, url
from vsumlab.video.result import VideoSummary

EVIL = "</script><script>document.title='hurt'</script><!--<img src=x onerror=alert(1)>\"'`\n&amp;"


def summary(
    scores=(0.1, 0.9, 0.2, 0.8, 0.3),
    selected=(True, False, True),
    name: str = "holiday.mp4",
    scorer: str = "consensus",
    remarks: tuple[str, ...] = (),
) -> VideoSummary:
    timeline = Timeline(np.array([0, 5, 10, 15, 20]), 25, np.array([[0, 6], [7, 8], [9, 24]]), fps=10.0)
    return VideoSummary(Path(name), timeline, np.array(scores), np.array(selected), scorer, remarks)


def plain(count: int, height: int = 45, width: int = 80) -> list[np.ndarray]:
    return [np.full((height, width, 3), (200, 40 * i, 10), np.uint8) for i in range(count)]


class Reader(HTMLParser):
    """The tags of a page with their attributes, and its text without scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data) -> None:
        if self.tags and self.tags[-1][0] not in ("script", "style"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def data_of(page: str) -> dict:
    return json.loads(re.search(r"const data = (.*);", page)[1])


def test_the_page_says_what_the_summary_is() -> None:
    page = summary_page(summary(remarks=("Two frames were damaged.",)), plain(2), whole="../holiday.mp4")
    text = " ".join(Reader(page).text.split())
    assert dict(facts(summary())) == {
        "Video": "2.5 s",
        "Summary": "2.3 s, 92.0% of it",
        "Key-shots": "2 of 3 shots",
        "Importance by": "consensus",
    }
    for part in (
        *facts(summary()),
        ("holiday.mp4", "Two frames were damaged."),
        ("its opinion", "no measurement"),
    ):
        for said in part:
            assert said in text


def test_each_key_shot_has_its_picture_its_time_and_a_link_into_the_summary() -> None:
    page = summary_page(summary(), plain(2, 900, 1600), player="my summary.mp4", whole=None)
    reader = Reader(page)
    images = [image["src"] for image in reader.all("img")]
    assert [image["alt"] for image in reader.all("img")] == [
        "Key-shot 1 of 2, 0:00.0–0:00.7",
        "Key-shot 2 of 2, 0:00–0:02",
    ]
    for source, picture in zip(images, plain(2), strict=True):
        image = Image.open(io.BytesIO(base64.b64decode(source.removeprefix("data:image/jpeg;base64,"))))
        assert image.size == (320, 180)
        assert np.abs(np.asarray(image).astype(int) - picture[0, 0]).max() < 8
    links = [link["href"] for link in reader.all("a")]
    assert links == ["my%20summary.mp4#t=0.000", "my%20summary.mp4#t=0.700"]
    assert reader.all("video")[0]["src"] == "my%20summary.mp4"


def test_the_page_needs_nothing_but_the_two_videos() -> None:
    page = summary_page(summary(), plain(2), whole="holiday.mp4")
    for tag, attributes in Reader(page).tags:
        for name in ("src", "href"):
            target = attributes.get(name) or "data:"
            assert target.startswith(("data:", "summary.mp4")), (tag, target)
    assert not re.search(r"@import|url\(|https?:", page)


def test_what_is_played_and_drawn_is_also_there_for_the_script() -> None:
    data = data_of(summary_page(summary(), plain(2), whole="what? #1/holiday.mp4"))
    assert data["shots"] == [
        {"start": 0.0, "end": 0.7, "offset": 0.0},
        {"start": 0.9, "end": 2.5, "offset": 0.7},
    ]
    assert (data["duration"], data["fps"], data["whole"]) == (2.5, 10.0, "what%3F%20%231/holiday.mp4")
    assert data["scores"] == [0.1, 0.9, 0.2, 0.8, 0.3]
    assert data_of(summary_page(summary(), plain(2), whole=None))["whole"] is None


@pytest.mark.parametrize("where", ["name", "scorer", "remarks", "whole", "player"])
def test_text_from_elsewhere_stays_text(where) -> None:
    there = EVIL.replace("/", "∕") if where == "name" else EVIL  # a name has no slash
    own = {where: (there,) if where == "remarks" else there} if where not in ("whole", "player") else {}
    paths = {"whole": "a.mp4"} | ({where: there} if where in ("whole", "player") else {})
    page = summary_page(summary(**own), plain(2), **paths)
    harmless = summary_page(summary(remarks=("One.",) * (where == "remarks")), plain(2), whole="a.mp4")
    assert [tag for tag, _ in Reader(page).tags] == [tag for tag, _ in Reader(harmless).tags]
    assert page[page.index("const { shots") :] == harmless[harmless.index("const { shots") :]
    assert len(data_of(page)["shots"]) == 2
    if where == "name":
        assert there in Reader(page).text
        assert data_of(page)["name"] == there


def test_a_name_that_is_no_text_can_be_written() -> None:
    name = os.fsdecode(b"holi\xffday.mp4")
    page = summary_page(summary(name=name, remarks=(name,)), plain(2), whole=name)
    assert "holi?day.mp4" in page.encode("utf-8").decode()
    assert data_of(page)["whole"] == "holi%FFday.mp4"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("../a b/c.mp4", "../a%20b/c.mp4"),
        ("100%.mp4", "100%25.mp4"),
        ("a:b.mp4", "a%3Ab.mp4"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("/home/é.mp4", "/home/%C3%A9.mp4"),
        ("file:///a%20b.mp4", "file:///a%20b.mp4"),
    ],
)
def test_paths_are_quoted_and_urls_are_left(path, expected) -> None:
    assert url(path) == expected


def test_without_key_shots_the_whole_video_is_played_if_it_is_there() -> None:
    nothing = summary(selected=(False, False, False))
    page = Reader(summary_page(nothing, [], whole="a.mp4"))
    assert "no shot of this video was selected" in page.text
    assert page.all("video")[0]["src"] == "a.mp4"
    assert page.all("input") == page.all("figure") == []
    assert Reader(summary_page(nothing, [], whole=None)).all("video") == []


@pytest.mark.parametrize("pictures", [1, 3])
def test_pictures_of_other_key_shots_are_refused(pictures) -> None:
    with pytest.raises(ValueError, match="zip"):
        summary_page(summary(), plain(pictures), whole=None)


def drawn(path: str) -> list[tuple[float, float]]:
    """The corners of a curve, along and down."""
    x, y = (float(each) for each in re.match(r"M([\d.]+) (\d+)", path).groups())
    corners = [(x, y)]
    for down, along in re.findall(r"V(\d+)H([\d.]+)", path):
        corners += [(corners[-1][0], float(down)), (float(along), float(down))]
    return corners


def test_few_scores_are_drawn_one_by_one_over_their_time() -> None:
    found = curve(summary())
    corners = drawn(found.path)
    there = corners[1 : len(corners) // 2 + 1]
    room = 0.06 * 0.8
    for i, score in enumerate((0.1, 0.9, 0.2, 0.8, 0.3)):
        (left, y), (right, same) = there[2 * i : 2 * i + 2]
        assert (left, right) == (COLUMNS * i / 5, COLUMNS * (i + 1) / 5)
        assert y == same == pytest.approx(HEIGHT * (0.9 + room - score) / (0.8 + 2 * room), abs=0.51)
    assert found.key_shots == [(0, COLUMNS * 0.28), (COLUMNS * 0.36, COLUMNS * 0.64)]
    assert found.boundaries == f"M{COLUMNS * 0.28:.1f} 0V{HEIGHT}M{COLUMNS * 0.36:.1f} 0V{HEIGHT}"
    assert found.span == "0.10 to 0.90"


def test_a_constant_curve_is_in_the_middle() -> None:
    assert {y for _, y in drawn(curve(summary(scores=[0.4] * 5)).path)} == {HEIGHT / 2}


def test_of_two_hours_no_peak_is_lost_and_the_page_stays_small() -> None:
    scores = np.full(14_400, 0.5)
    scores[[7001, 12_345]] = 1.0, 0.0
    timeline = Timeline(np.arange(14_400) * 15, 216_000, np.array([[0, 99_999], [100_000, 215_999]]))
    video = VideoSummary(Path("a.mp4"), timeline, scores, np.array([True, False]), "a test")
    corners = drawn(curve(video).path)
    room = 0.06 / 1.12 * HEIGHT
    tops = [x for x, y in corners if y == pytest.approx(room, abs=1)]
    feet = [x for x, y in corners if y == pytest.approx(HEIGHT - room, abs=1)]
    assert np.mean(tops) == pytest.approx(COLUMNS * 7001.5 / 14_400, abs=2)
    assert np.mean(feet) == pytest.approx(COLUMNS * 12_345.5 / 14_400, abs=2)
    page = summary_page(video, plain(1), whole=None)
    assert data_of(page)["scores"] == scores.tolist()
    assert len(page) < 400_000


@given(
    values=st.lists(st.integers(0, 1000), min_size=1, max_size=60),
    gaps=st.lists(st.integers(1, 9), min_size=60, max_size=60),
    columns=st.integers(1, 70),
)
def test_a_column_has_the_lowest_and_highest_of_its_scores(values, gaps, columns) -> None:
    scores, picks = np.array(values) / 1000, np.cumsum(gaps)[: len(values)]
    n_frames = int(picks[-1]) + 5
    edges, low, high = envelope(scores, picks, n_frames, columns)
    assert len(low) == len(high) == len(edges) - 1 <= max(columns, 1)
    assert (edges[0], edges[-1]) == (picks[0], n_frames)
    for i in range(len(low)):
        own = scores[(picks >= edges[i]) & (picks < edges[i + 1])]
        assert (low[i], high[i]) == (own.min(), own.max())
        assert len(own) == 1 or len(values) > columns


@given(st.floats(0.04, 1e6))
def test_an_axis_has_a_few_labels_of_whole_seconds_that_keep_apart(duration) -> None:
    times = labelled(duration)
    assert times[0] == 0
    assert 1 <= len(times) <= 7
    assert duration < 2 or len(times) >= 2
    gaps = np.diff([*times, duration])
    assert (gaps >= 0.09 * duration).all()
    assert all(time == int(time) for time in times)
