"""The page of a report: whole in itself, escaped, and alive in a real browser."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from run_folders import made_run

from vsumlab.errors import UserError
from vsumlab.results.html import html_report
from vsumlab.results.runs import find_runs
from vsumlab.train import train

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--enable-logging=stderr"]

# what a reader would do and see, noted in the page's title
PROBE = """
<script>
const errors = [];
window.addEventListener("error", (event) => errors.push(event.message));
window.addEventListener("load", async () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const image of document.images) { image.loading = "eager"; await image.decode().catch(() => {}); }
  const sorted = [];
  for (const table of document.querySelectorAll("table")) {
    const cells = (column) => [...table.tBodies[0].rows].map((row) => row.cells[column].textContent);
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      header.querySelector("button").click();
      const seen = [header.textContent, cells(column), header.ariaSort];
      header.querySelector("button").click();
      sorted.push([...seen, cells(column), header.ariaSort]);
    });
  }
  document.title = JSON.stringify({
    errors, sorted, wide: document.documentElement.scrollWidth,
    images: [...document.images].map((image) => image.naturalWidth * image.clientHeight),
  });
});
</script>
"""


def in_browser(page: str, folder: Path, width: int) -> dict:
    """What the probe saw in Chromium, and what that said of the page."""
    file = folder / "page.html"
    file.write_text(page.replace("<body>", f"<body>{PROBE}"))
    own = [f"--user-data-dir={folder}/profile", f"--window-size={width},900", "--virtual-time-budget=20000"]
    done = subprocess.run(
        [CHROMIUM, *FLAGS, *own, "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)[1]
    seen = json.loads(title.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    return seen | {"console": [line for line in done.stderr.splitlines() if "CONSOLE" in line]}


@pytest.fixture(scope="module")
def page(composed, tmp_path_factory) -> str:
    """Of a run that trained and drew, and of made-up ones with two settings."""
    runs = tmp_path_factory.mktemp("runs")
    small = ("experiment=contrastive_canonical", "trainer.max_epochs=2", "random_draws=2", "fold=0")
    train(composed(*small, run=runs / "drawn"))
    for i, setting in enumerate(("canonical", "transfer")):
        made_run(runs / setting, {"ours": 0.4 + 0.1 * i, "other": 0.35}, setting=setting)
    return html_report(find_runs([runs]))


def test_the_page_needs_no_network(page) -> None:
    sources = re.findall(r"(?:src|href)=\"([^\"]*)\"", page)
    assert sources
    assert all(source.startswith("data:") for source in sources)
    assert not re.search(r"@import|url\(", page)


def test_the_page_says_what_is_better_than_random_and_how_to_repeat_it(page) -> None:
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "of 2 rows are better than random" in text
    assert "In short" in text
    assert "python -m vsumlab.run made=up" in text
    assert "demo figures are no benchmark" in text
    for name in ("random", "human", "gtscore"):
        assert f"<td>{name}</td>" in page


def test_names_from_data_are_escaped(tmp_path) -> None:
    evil = "<script>alert(1)</script>"
    made_run(tmp_path / "run", {evil: 0.4}, overrides=(f"x={evil}",), name=evil)
    made = html_report(find_runs([tmp_path]))
    assert "<script>alert" not in made
    assert "&lt;script&gt;alert(1)" in made


def test_videos_can_be_chosen(tmp_path) -> None:
    for key in ("video_1", "video_2"):
        made_run(tmp_path / key, {"ours": 0.4}, overrides=(f"x={key}",))
        folder = tmp_path / key / "fold_0" / "figures"
        folder.mkdir(parents=True)
        (folder / f"{key}.svg").write_text("<svg/>")
    runs = find_runs([tmp_path])
    assert html_report(runs).count("<h3>tvsum video_") == 2
    assert re.findall(r"<h3>tvsum (\w+)", html_report(runs, videos=["video_2"])) == ["video_2"]
    with pytest.raises(UserError, match="no run left a picture of it; there are video_1, video_2"):
        html_report(runs, videos=["video_2", "video_9"])


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_works_in_a_browser(page, tmp_path, width) -> None:
    seen = in_browser(page, tmp_path, width)
    assert seen["errors"] == []
    assert seen["console"] == []
    assert len(seen["images"]) >= 5
    assert all(seen["images"]), "every picture is drawn"
    assert seen["wide"] <= max(width, 500), "tables scroll, the page does not"
    assert len(seen["sorted"]) > 20
    for name, down, said_down, up, said_up in seen["sorted"]:
        assert (said_down, said_up) == ("descending", "ascending")
        assert sorted(down) == sorted(up)
        if name in ("F1 %", "τ"):
            for order, reverse in ((down, True), (up, False)):
                known = [float(cell.split("±")[0].strip(" ≈")) for cell in order if cell]
                assert known == sorted(known, reverse=reverse)
                assert not any(order[len(known) :]), "empty cells come last"
