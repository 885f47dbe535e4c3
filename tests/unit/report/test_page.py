"""The page of a report: whole in itself, escaped, and alive in a real browser."""

import base64
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from support.run_folders import made_run

from vsumlab.config import compose_config
from vsumlab.errors import UserError
from vsumlab.job import run_job
from vsumlab.report.page import grouped, html_report, introduction
from vsumlab.runs.folder import fold_folder, plot_path
from vsumlab.runs.reading import find_runs, planned_run

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
def page(demo_folder, tmp_path_factory) -> str:
    """Of a run that trained and drew, and of made-up ones with two settings."""
    runs = tmp_path_factory.mktemp("runs")
    small = ("experiment=contrastive_canonical", "trainer.max_epochs=2", "random_draws=2", "fold=0")
    run_job(compose_config([*small, f"paths.data={demo_folder}", f"paths.run={runs / 'drawn'}"]))
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
    made_run(tmp_path / "run", {evil: 0.4}, overrides=(f"x='{evil}'",), name=evil)
    made = html_report(find_runs([tmp_path]))
    assert "<script>alert" not in made
    assert "&lt;script&gt;alert(1)" in made


def put_picture(run: Path, key: str) -> str:
    """Leaves a picture of a video in a run folder.

    Returns:
        How a page shows it.
    """
    file = plot_path(fold_folder(run, 0), key)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = f"<svg><title>{run.name}</title></svg>".encode()
    file.write_bytes(content)
    return base64.b64encode(content).decode()


def test_videos_can_be_chosen(tmp_path) -> None:
    for key in ("video_1", "video 2"):
        made_run(tmp_path / key, {"ours": 0.4}, overrides=(f"x={key}",))
        put_picture(tmp_path / key, key)
    runs = find_runs([tmp_path])
    assert html_report(runs).count("<h3>tvsum video") == 2
    assert re.findall(r"<h3>tvsum ([\w ]+)", html_report(runs, videos=["video 2"])) == ["video 2"]
    with pytest.raises(UserError, match="no run left a picture of it; there are video 2, video_1"):
        html_report(runs, videos=["video 2", "video_9"])


def test_pictures_are_of_finished_runs_lowest_seeds_and_no_oracles(tmp_path) -> None:
    pictures = {}
    for name, told in {
        "second": {"seed": 1, "overrides": ("x=1", "seed=1")},
        "failed": {"seed": 2, "status": "failed", "overrides": ("x=1", "seed=2")},
        "third": {"seed": 0, "overrides": ("x=1", "seed=0")},
    }.items():
        made_run(tmp_path / name, {"ours": 0.4}, **told)
        pictures[name] = put_picture(tmp_path / name, "video_1")
    made_run(tmp_path / "oracle", {"ours (test oracle)": 0.4}, overrides=("x=2",))
    pictures["oracle"] = put_picture(tmp_path / "oracle", "video_1")
    page = html_report(find_runs([tmp_path]))
    assert [name for name, source in pictures.items() if source in page] == ["third"]


def test_rows_whose_names_in_short_are_the_same_keep_their_pictures(tmp_path) -> None:
    for mine, its in ((1, 1), (1, 2), (2, 1)):
        overrides = (f"method.rate={mine}", f"trainer.rate={its}")
        run = tmp_path / f"{mine}{its}"
        made_run(run, {"ours": 0.4}, overrides=overrides)
        put_picture(run, "video_1")
    page = html_report(find_runs([tmp_path]))
    for name in ("method.rate=1, trainer.rate=1", "method.rate=1, trainer.rate=2"):
        assert page.count(f"<summary>{name}</summary>") == 1


def test_curves_of_several_seeds_are_the_lowest_ones_and_say_so(tmp_path) -> None:
    for seed in (3, 2):
        run = tmp_path / f"{seed}"
        made_run(run, {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
        (run / "fold_0").mkdir()
        (run / "fold_0" / "metrics.csv").write_text(f"epoch,train/loss\n0,{seed}\n1,0\n")
    assert "a line a fold, seed 2</h3>" in html_report(find_runs([tmp_path]))


@pytest.mark.parametrize(("epochs", "drawn"), [(0, False), (1, False), (2, True)])
def test_what_is_computed_in_one_step_has_no_training_curves(tmp_path, epochs, drawn) -> None:
    made_run(tmp_path, {"ours": 0.4})
    (tmp_path / "fold_0").mkdir()
    lines = ["epoch,train/loss", *(f"{epoch},0.5" for epoch in range(epochs))]
    (tmp_path / "fold_0" / "metrics.csv").write_text("\n".join(lines) + "\n")
    assert ("Training, epoch by epoch" in html_report(find_runs([tmp_path]))) == drawn


def test_runs_still_to_be_made_stand_with_their_own_experiment(tmp_path) -> None:
    made_run(tmp_path / "done", {"ours": 0.4}, name="csnet_m", overrides=("experiment=csnet_m",))
    planned = [
        planned_run([f"experiment={name}", "fold=1", *more])
        for name, more in (("csnet_m", ()), ("csnet_table2", ()), ("csnet_m", ("name=mine",)))
    ]
    found = grouped([*find_runs([tmp_path]), *planned], lambda run: run.name)
    assert {name: [run.record["overrides"][0] for run in runs] for name, runs in found.items()} == {
        "csnet_m": ["experiment=csnet_m"] * 2,
        "csnet_table2": ["experiment=csnet_table2"],
        "mine": ["experiment=csnet_m"],
    }


def test_an_experiment_is_described_by_the_first_line_of_its_file() -> None:
    assert introduction("csnet_m") == 'The number of divisions M of CSNet, "experimentally picked as 4".'
    assert introduction("nobodys") == ""


class Layout(HTMLParser):
    """What is around each table and picture, and the text of table cells and of the terms explained."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.tables: list[list[tuple[str, str]]] = []
        self.images: list[dict[str, str]] = []
        self.terms: list[str] = []
        self.cells: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes) -> None:
        if tag == "img":
            self.images.append(dict(attributes))
        if tag in ("meta", "link", "img"):
            return
        self.open.append((tag, dict(attributes).get("class", "")))
        if tag == "table":
            self.tables.append(list(self.open))
        if tag in ("td", "th", "dt"):
            (self.terms if tag == "dt" else self.cells).append("")

    def handle_endtag(self, tag) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data) -> None:
        inside = [tag for tag, _ in self.open]
        if "dt" in inside:
            self.terms[-1] += data
        elif "td" in inside or "th" in inside:
            self.cells[-1] += data


def style_of(page: str, selector: str) -> dict[str, str]:
    """A rule of the page's style for the screen."""
    style = re.search(r"<style>(.*?)@media print", page, re.DOTALL)[1]
    rule = re.search(rf"(?:^|[}}\n])\s*{re.escape(selector)} {{(.*?)}}", style, re.DOTALL)[1]
    return {
        name.strip(): value.strip()
        for name, value in (each.split(":", 1) for each in rule.split(";") if ":" in each)
    }


def test_nothing_runs_past_the_edge_of_a_narrow_page(page) -> None:
    """Tables scroll inside boxes of their own, pictures are no wider than what they stand in."""
    layout = Layout(page)
    assert len(layout.tables) >= 5
    assert all(("div", "wide") in around for around in layout.tables)
    assert style_of(page, ".wide")["overflow-x"] == "auto"
    assert len(layout.images) >= 3
    assert not any({"style", "width"} & image.keys() for image in layout.images)
    assert style_of(page, "img")["max-width"] == "100%"
    assert style_of(page, "body")["overflow-wrap"] == "break-word"
    assert style_of(page, "pre")["overflow-wrap"] == "anywhere"
    assert "min-width" not in page


def test_the_glossary_explains_what_is_on_the_page_and_nothing_else(page, tmp_path) -> None:
    layout = Layout(page)
    shown = "\n".join(layout.cells)
    assert {"τ", "F1", "random", "gtscore", "align", "uniform", "p"} <= set(layout.terms)
    assert len(layout.terms) == len(set(layout.terms))
    for term in layout.terms:
        assert re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", shown), term
    assert not {"test oracle", "csnet", "consensus", "contrastive_paper"} & set(layout.terms)
    made_run(tmp_path / "oracle", {"ours (test oracle)": 0.4})
    assert "test oracle" in Layout(html_report(find_runs([tmp_path]))).terms


def test_a_grid_is_a_heat_map_and_not_a_long_table(tmp_path) -> None:
    """A study over two numbers once was a table of dozens of rows."""
    for a, b in product((1, 2), (1, 2, 3)):
        overrides = (f"rate={a}", f"width={b}")
        made_run(tmp_path / f"{a}{b}", {"ours": 0.3 + 0.05 * a * b}, folds=(0,), overrides=overrides)
    page = html_report(find_runs([tmp_path]))
    assert page.count('alt="Kendall&#39;s τ"') == 1
    assert "<h3>tvsum · canonical · ours · τ</h3>" in page
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]*)" alt="Kendall&#39;s τ"', page)[1]
    drawn = base64.b64decode(source).decode()
    assert "canonical · ours" in drawn
    assert all(f"rate={a}" in drawn for a in (1, 2))
    made_run(tmp_path / "more", {"ours": 0.4}, folds=(0,), overrides=("rate=9", "width=9"))
    assert "τ over the grid" not in html_report(find_runs([tmp_path])), "not all cells are there any more"


def test_experiments_have_sections_of_their_own(tmp_path) -> None:
    """Their folds are not cut down to those that another one has."""
    made_run(tmp_path / "a", {"ours": 0.4}, name="one", overrides=("x=1",))
    made_run(tmp_path / "b", {"ours": 0.4}, name="two", folds=(0,), overrides=("x=2",))
    page = html_report(find_runs([tmp_path]), by="experiment")
    assert re.findall(r"<h2>([\w ·]*tvsum)</h2>", page) == ["one · tvsum", "two · tvsum"]
    assert "without fold" not in page
    assert "<title>2 experiments in video summarization" in page


def test_methods_are_compared_on_a_dataset_whatever_the_experiments_were_called(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4}, name="csnet_m", overrides=("x=1",))
    made_run(tmp_path / "b", {"theirs": 0.5}, name="csnet_table2", overrides=("x=2",))
    made_run(tmp_path / "c", {"theirs": 0.5}, name="two", overrides=("x=2",), setting="transfer")
    made_run(tmp_path / "d", {"ours": 0.5}, name="two", overrides=("x=2",), dataset="summe")
    page = html_report(find_runs([tmp_path]), against="theirs")
    sections = re.findall(r"<h2>([\w ·]*)</h2>.*?</section>", page, re.DOTALL)
    assert sections[:3] == ["tvsum · canonical", "tvsum · transfer", "summe · canonical"]
    together = page[page.index("<h2>tvsum · canonical") : page.index("<h2>tvsum · transfer")]
    assert "tvsum: differences from theirs" in together
    for row in ("ours", "theirs"):
        assert f"<td>{row}</td>" in together
    for line in ("csnet_m: The number of divisions M", "csnet_table2: The ablations of CSNet"):
        assert line in together
    assert "summe: differences from random" in page, "which has no such row"
    with pytest.raises(UserError, match="against=nobody: names 0 rows"):
        html_report(find_runs([tmp_path]), against="nobody")


def test_folds_that_not_all_rows_have_are_said_at_the_top_or_kept(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4}, overrides=("x=1",))
    made_run(tmp_path / "b", {"ours": 0.4}, folds=(1,), overrides=("x=2",))
    page = html_report(find_runs([tmp_path]))
    assert '<p class="remark">without fold 0, which not every row has of every seed</p>' in page
    assert "without fold" not in html_report(find_runs([tmp_path]), folds="any")


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


def test_what_takes_long_is_under_a_bar(tmp_path, monkeypatch) -> None:
    for name in ("one", "two"):
        made_run(tmp_path / name, {"ours": 0.4}, name=name, overrides=(f"x={name}",))
    seen = {}
    monkeypatch.setattr("vsumlab.report.page.track", lambda items, what: seen.setdefault(what, list(items)))
    html_report(find_runs([tmp_path]), by="experiment")
    assert {what: len(items) for what, items in seen.items()} == {"reading": 2, "comparing": 2, "drawing": 2}
