"""A study's pages: tables between marks are made anew, all else stays."""

import re

import pytest
from support.run_folders import composed_run, earlier_run, made_run

from vsumlab.errors import UserError
from vsumlab.report import study as report_study
from vsumlab.report.study import TABLES, Kept, keep_study, pages
from vsumlab.runs.reading import find_runs
from vsumlab.runs.study_files import read_study, write_study

PAGE = "# Text\n\n<!-- one results -->\nSTALE\n<!-- end -->\n\nText stays.\n"


@pytest.fixture
def project(tmp_path):
    """A folder of experiments with one study, `one`."""
    made_run(tmp_path / "runs" / "a", {"ours": 0.4, "theirs": 0.45})
    study = tmp_path / "project" / "experiments" / "one"
    study.mkdir(parents=True)
    (study / "README.md").write_text(PAGE)
    keep_study(study, find_runs([tmp_path / "runs"]))
    return tmp_path / "project"


def test_a_table_is_made_anew_and_the_text_around_it_stays(project) -> None:
    text = (project / "experiments" / "one" / "README.md").read_text()
    assert text.startswith("# Text\n\n<!-- one results -->\n**tvsum · canonical**\n\n| scorer |")
    assert text.endswith("<!-- end -->\n\nText stays.\n")
    assert "STALE" not in text
    assert pages(project / "experiments" / "one") == {project / "experiments" / "one" / "README.md": text}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_table_can_stand_on_a_page(project, table) -> None:
    study = project / "experiments" / "one"
    (study / "README.md").write_text(f"<!-- one {table} -->\n<!-- end -->\n")
    (text,) = pages(study).values()
    assert re.fullmatch(rf"<!-- one {table} -->\n.*\n<!-- end -->\n", text, re.DOTALL)
    of_published_rows = table in ("paper", "quoted", "seen_again")
    assert ("| ours |" in text) == (table not in ("runs", "variance") and not of_published_rows)


def test_pictures_stand_beside_the_page_that_shows_them(project) -> None:
    study = project / "experiments" / "one"
    (study / "README.md").write_text("<!-- one pictures -->\n<!-- end -->\n")
    made = pages(study)
    assert [*made] == [study / "README.md", study / "tvsum_canonical.svg"]
    assert re.search(r"\n!\[tvsum, canonical: .*\]\(tvsum_canonical\.svg\)\n", made[study / "README.md"])
    assert made[study / "tvsum_canonical.svg"].rstrip().endswith("</svg>")


def test_two_pictures_of_one_name_are_refused(project, tmp_path) -> None:
    made_run(tmp_path / "more" / "b", {"ours": 0.5}, overrides=("x=1",))
    keep_study(project / "experiments" / "two", find_runs([tmp_path / "more"]))
    study = project / "experiments" / "one"
    (study / "README.md").write_text(
        "<!-- one pictures -->\n<!-- end -->\n<!-- one+two pictures -->\n<!-- end -->\n"
    )
    with pytest.raises(UserError, match=r"README\.md: two of its marks make tvsum_canonical\.svg: leave one"):
        pages(study)


def test_the_projects_page_is_made_anew_where_it_names_the_study(project) -> None:
    study = project / "experiments" / "one"
    (project / "README.md").write_text("<!-- other results -->\nkept\n<!-- end -->\n")
    assert [*pages(study)] == [study / "README.md"]
    (project / "README.md").write_text(
        "<!-- other results -->\nkept\n<!-- end -->\n<!-- one folds -->\n<!-- end -->\n"
    )
    text = pages(study)[project / "README.md"]
    assert text.startswith("<!-- other results -->\nkept\n<!-- end -->\n")
    assert "fold by fold" in text


def test_a_table_may_be_of_several_studies(project, tmp_path) -> None:
    made_run(tmp_path / "more" / "b", {"ours": 0.5}, overrides=("x=1",))
    keep_study(project / "experiments" / "two", find_runs([tmp_path / "more"]))
    (project / "README.md").write_text("<!-- one+two results -->\n<!-- end -->\n")
    for name in ("one", "two"):
        text = pages(project / "experiments" / name)[project / "README.md"]
        assert "| ours |  |" in text
        assert "| ours | x=1 |" in text


def test_another_studys_page_is_made_anew_where_it_names_the_study(project, tmp_path) -> None:
    other = project / "experiments" / "other" / "README.md"
    other.parent.mkdir()
    other.write_text("<!-- one folds -->\nSTALE\n<!-- end -->\n<!-- other folds -->\nkept\n<!-- end -->\n")
    made = pages(project / "experiments" / "one")
    assert [*made] == [project / "experiments" / "one" / "README.md", other]
    assert "fold by fold" in made[other]
    assert "STALE" not in made[other]
    assert "<!-- other folds -->\nkept\n" in made[other]


def test_a_study_may_have_a_plus_in_its_name(tmp_path) -> None:
    made_run(tmp_path / "runs" / "a", {"ours": 0.4})
    study = tmp_path / "experiments" / "a+b"
    study.mkdir(parents=True)
    (study / "README.md").write_text("<!-- a+b results -->\n<!-- end -->\n")
    keep_study(study, find_runs([tmp_path / "runs"]))
    assert "| ours |" in (study / "README.md").read_text()


def test_runs_are_read_and_compared_once_however_many_tables_show_them(project, monkeypatch) -> None:
    calls = []
    for name in ("read_study", "compare"):
        real = getattr(report_study, name)
        monkeypatch.setattr(
            report_study, name, lambda of, name=name, real=real: (calls.append(name), real(of))[1]
        )
    study = project / "experiments" / "one"
    marks = [f"<!-- one {table} -->\n<!-- end -->" for table in ("results", "differences", "folds", "runs")]
    (study / "README.md").write_text("\n".join(marks))
    assert next(iter(pages(study).values())).count("\n| ---") == 5
    assert calls == ["read_study", "compare"]


def test_a_page_that_names_no_table_is_refused(project) -> None:
    study = project / "experiments" / "one"
    (study / "README.md").write_text("<!-- one reslts -->\n<!-- end -->\n")
    with pytest.raises(UserError, match=r"<!-- one reslts -->: no such table: write one of results, "):
        pages(study)


def test_a_page_that_names_no_study_is_refused(project) -> None:
    study = project / "experiments" / "one"
    (study / "README.md").write_text("<!-- one+nobodys results -->\n<!-- end -->\n")
    with pytest.raises(UserError, match="nobodys"):
        pages(study)


def test_a_folder_without_a_page_is_kept_all_the_same(tmp_path) -> None:
    made_run(tmp_path / "runs" / "a", {"ours": 0.4})
    runs = find_runs([tmp_path / "runs"])
    assert keep_study(tmp_path / "kept" / "mine", runs) == []
    assert len(find_runs([tmp_path / "kept" / "mine"])) == 1


def test_the_papers_rows_stand_next_to_baselines_that_a_study_keeps_with_another_run(tmp_path) -> None:
    on = ("method=csnet", "data=tvsum", "published='csnet table 3'")
    composed_run(tmp_path / "runs" / "a", {"csnet": 0.45}, *on, "method.sparsity=0.99")
    composed_run(tmp_path / "runs" / "b", {"csnet": 0.4}, *on)
    runs = find_runs([tmp_path / "runs"])
    write_study(tmp_path / "study", runs)
    kept = read_study(tmp_path / "study")
    assert not kept[1].rows["scorer"].isin(["random", "human", "gtscore"]).any()
    (table,) = TABLES["paper"](Kept(kept))
    (expected,) = TABLES["paper"](Kept(runs))
    assert [row[0] for row in table.rows] == ["csnet", "random", "human", "gtscore"]
    assert table == expected


def test_what_the_paper_has_is_shown_without_what_it_has_not(tmp_path) -> None:
    on = ("method=csnet", "data=tvsum", "published='csnet table 3'")
    composed_run(tmp_path / "paper", {"csnet": 0.4}, *on)
    composed_run(tmp_path / "other", {"csnet": 0.45}, *on, "method.sparsity=0.99")
    (table,) = TABLES["paper"](Kept(find_runs([tmp_path])))
    by_scorer = {row[0]: row for row in table.rows}
    assert [*by_scorer] == ["csnet", "random", "human", "gtscore"]
    assert by_scorer["csnet"][table.header.index("paper: F1 %")] == "58.8"
    assert "DR-DSN" not in by_scorer, "nor what others have published"


def test_what_was_not_measured_is_not_shown_as_measured(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4}, published="csnet table 3")
    kept = Kept(find_runs([tmp_path]))
    assert len(TABLES["results"](kept)) == 2
    (table,) = TABLES["measured"](kept)
    assert table.title == "tvsum · canonical"


def test_the_variance_in_training_is_that_of_the_runs_logs(tmp_path) -> None:
    earlier_run(tmp_path / "a", {"csnet": 0.4})
    (table,) = TABLES["variance"](Kept(find_runs([tmp_path])))
    assert table.header == ["run", "epoch 1", "epoch 2"]
    assert table.rows == [["csnet_canonical", "0.01000", "0.02000"]]


def test_a_published_table_has_runs_in_place_of_the_rows_that_it_quotes(tmp_path) -> None:
    """Of two studies: the table's own, and one that has other methods, of which the table quotes one."""
    experiments = tmp_path / "experiments"
    table = ("experiment=contrastive_table1", "data=tvsum", "refinement=none")
    composed_run(tmp_path / "own" / "a", {"align": 0.4}, *table)
    for name, method, folds in (("b", "dr_dsn", (0,)), ("c", "ca_sum", (0, 1))):
        composed_run(tmp_path / "peers" / name, {method: 0.3}, f"method={method}", "data=tvsum", folds=folds)
    for study in ("own", "peers"):
        (experiments / study).mkdir(parents=True)
        keep_study(experiments / study, find_runs([tmp_path / study]))
    (experiments / "own" / "README.md").write_text("<!-- own+peers quoted -->\n<!-- end -->\n")
    (text,) = pages(experiments / "own").values()
    of_tvsum = text[: text.index("**summe")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in of_tvsum.splitlines() if "|" in line]
    header, lines = rows[0], {row[0]: row for row in rows[2:]}
    assert "0.0169" in lines["dr_dsn"], "τ as the paper quotes it"
    assert lines["dr_dsn"][header.index("folds")] == "0"
    assert [row[header.index("folds")] for row in rows if "align*" in row and row[0] == "align"] == ["0–1"], (
        "its folds are not taken away"
    )
    assert "DR-DSN60" not in lines
    assert "DR-DSN2000" in lines, "nothing was run for it"
    assert "ca_sum" not in lines, "the table does not have it"
    assert {"random", "human", "gtscore"} <= lines.keys()
