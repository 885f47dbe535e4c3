"""What the study of what CSNet's scores follow measures, on runs that take no time."""

import importlib.util

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr
from support import PROJECT

import vsumlab
from vsumlab.data.feature_file.reader import VideoFile


@pytest.fixture(scope="module")
def measures():
    file = PROJECT / "experiments" / "csnet_learns" / "measures.py"
    spec = importlib.util.spec_from_file_location("measures", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rows(measures, command, tiny, tmp_path) -> pd.DataFrame:
    """The measures of two seeds of a fold of ten videos."""
    sweep = ("-m", "experiment=csnet_learns", *tiny, "setting.n_folds=5", "fold=0", "seed=0,1")
    assert command(*sweep, "method.input_scale=rms", "method.difference_start=nonnegative") == 0
    return measures.measure([tmp_path / "runs"])


def test_a_row_is_what_one_training_makes_of_one_video(rows, measures, tiny_file, tmp_path) -> None:
    assert rows.groupby("seed")["video"].nunique().to_dict() == {0: 10, 1: 10}
    assert rows.groupby(["seed", "tested_in"]).size().tolist() == 10 * [2]
    runs = {run.record["seed"]: run.folder for run in measures.find_runs([tmp_path / "runs"])}
    methods = {seed: vsumlab.load(folder, fold=0) for seed, folder in runs.items()}
    video = VideoFile(tiny_file)["video_3"]
    one, other = (methods[seed].score(video.features).numpy() for seed in (0, 1))
    row = rows.query("video == 'video_3' and seed == 0").iloc[0]
    change = np.abs(np.diff(video.features.numpy(), axis=0, append=video.features.numpy()[-1:])).mean(axis=1)
    assert row["variance"] == pytest.approx(one.var(), rel=1e-4)
    assert row["time"] == pytest.approx(spearmanr(one, np.arange(len(one))).statistic)
    assert row["change"] == pytest.approx(kendalltau(one, change).statistic)
    assert row["agreement_with_1"] == pytest.approx(kendalltau(one, other).statistic)
    tested = pd.read_csv(runs[0] / "videos.csv").query("scorer == 'csnet'").set_index("video")
    own = rows.query("seed == 0 and tested_in == 0").set_index("video")
    assert sorted(own.index) == sorted(tested.index)
    np.testing.assert_allclose(own["tau"], tested.loc[own.index, "kendall_tau"], atol=1e-6)


def test_tables_tell_training_videos_from_test_videos(rows, measures) -> None:
    training, test, of_folds = measures.tables(rows)
    assert (training.title, test.title) == ("tvsum: training videos", "tvsum: test videos")
    for table, of in ((training, rows.query("tested_in != 0")), (test, rows.query("tested_in == 0"))):
        (cells,) = table.rows
        shown = dict(zip(table.header, cells, strict=True))
        assert shown["runs"] == "2"
        assert shown["τ"].startswith(f"{of['tau'].mean():.3f} (")
        assert shown["agreement"].startswith(f"{of['agreement_with_1'].mean():.2f} (")
    (cells,) = of_folds.rows
    means = rows.query("tested_in not in (0, 4)")[["tau", "f1"]].mean()
    assert cells[-1] == f"{means['tau']:.4f}, {100 * means['f1']:.1f}"


def test_the_page_has_the_tables_of_its_file(measures) -> None:
    page = measures.PAGE.read_text(encoding="utf-8")
    if measures.MEASURES.is_file():
        assert measures.with_tables(page, measures.read_table(measures.MEASURES)) == page
    else:
        assert "**Nothing has been run yet.**" in page


def test_tables_are_made_between_their_marks(rows, measures) -> None:
    page = measures.with_tables("Text\n<!-- measures -->\nSTALE\n<!-- end of measures -->\nmore\n", rows)
    assert page.startswith("Text\n<!-- measures -->\n**tvsum: training videos**\n")
    assert page.endswith("\n<!-- end of measures -->\nmore\n")
    assert "STALE" not in page
    assert page.count(measures.NOTES) == 1


def test_controls_are_change_and_what_is_not_trained(tiny, tiny_file) -> None:
    file = PROJECT / "experiments" / "csnet_learns" / "controls.py"
    spec = importlib.util.spec_from_file_location("controls", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = module.controls([*tiny[1:]])
    assert rows.groupby(["scorer", "seed"]).size().tolist() == 7 * [10]
    video = VideoFile(tiny_file)["video_3"]
    change = np.abs(np.diff(video.features.numpy(), axis=0, append=video.features.numpy()[-1:])).mean(axis=1)
    taus = [kendalltau(change, person).statistic for person in video.annotated.user_scores]
    (row,) = rows.query("video == 'video_3' and scorer == 'change'").to_dict("records")
    assert row["tau"] == pytest.approx(np.mean(taus))
    assert row["time"] == pytest.approx(spearmanr(change, np.arange(len(change))).statistic)
    untrained = rows.query("scorer == 'csnet, untrained'").groupby("seed")["tau"].mean()
    assert untrained.nunique() == 3
    page = f"before\n{module.BEGIN}\nold\n{module.END}\nafter"
    made = module.with_table(page, rows)
    assert made.startswith("before\n")
    assert made.endswith("\nafter")
    assert "| tvsum | change |" in made
    assert "old" not in made


def test_trainings_that_were_measured_stay_and_those_measured_again_are_replaced(measures) -> None:
    place = {"dataset": "tvsum", **dict.fromkeys(measures.SWITCHES, "x"), "fold": 0}
    kept = pd.DataFrame([place | {"seed": seed, "video": "video_1", "tau": 0.1} for seed in (0, 1)])
    now = pd.DataFrame([place | {"seed": seed, "video": "video_1", "tau": 0.2} for seed in (1, 2)])
    found = measures.together(kept, now)
    assert found[["seed", "tau"]].to_numpy().tolist() == [[0, 0.1], [1, 0.2], [2, 0.2]]
