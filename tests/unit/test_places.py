"""What of a configuration says where things are, and what of it tells runs apart."""

import pytest

from vsumlab.places import cell_folder, exists, is_folder, own_name, own_overrides


@pytest.mark.parametrize(
    ("entry", "here", "there"),
    [
        ("data.file", "/disk/a/tvsum.h5", "../b/tvsum.h5"),
        ("data.file", "a/tvsum.h5", "tvsum.h5"),
        ("data.splits", "/disk/splits.json", "splits/splits.json"),
        ("data.annotations", ["/a/x.mat", "/a/y.tsv"], ["x.mat", "b/y.tsv"]),
        ("setting.others.ovp", "/disk/ovp.h5", "ovp.h5"),
        ("method.direction", "/disk/mine.npy", "mine.npy"),
        ("method.base", "/disk/runs/csnet/seed=0", "runs/csnet/seed=0"),
    ],
)
def test_folders_do_not_count_and_names_do(entry, here, there) -> None:
    assert own_name(entry, here) == own_name(entry, there)
    other = [f"other_{here[0].rsplit('/')[-1]}"] if isinstance(here, list) else f"{here}_other"
    assert own_name(entry, here) != own_name(entry, other)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("remark", "F1/τ"),
        ("method.backbone", "someone/network"),
        ("optimized_metric", "validation/chosen/kendall_tau"),
        ("data.source", "https://host/page.html"),
        ("seed", 0),
        ("data.splits", None),
        ("data.file", "tvsum.h5"),
    ],
)
def test_what_is_no_path_is_left_as_it_is(entry, value) -> None:
    assert own_name(entry, value) == value


def test_bases_of_two_sweeps_are_two_though_their_folders_have_one_name() -> None:
    assert own_name("method.base", "runs/a/seed=0") != own_name("method.base", "runs/b/seed=0")


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ([], "default"),
        (["seed=0", "fold=0"], "fold=0,seed=0"),
        (["data.file=tvsum.h5", "method.filter_target=[0.25,0.75]"], None),
        (["experiment=csnet_table2", "+trainer.precision=bf16-mixed", "~method_name"], None),
        (["remark='two words'", "data.file='two words.h5'"], None),
        (["remark=a/b"], "remark=a-b"),
        (["data.file=/a/b/tvsum.h5", "fold=0"], "data.file=tvsum.h5,fold=0"),
        (["data.file='/a b,c/tvsum.h5'"], "data.file=tvsum.h5"),
        (["data.annotations=[/a/x.mat,b/y.tsv]"], "data.annotations=[x.mat,y.tsv]"),
        (["+setting.others.mine=/a/mine.h5"], "+setting.others.mine=mine.h5"),
        (["method.base='/a/runs/csnet/seed=0'"], "method.base=csnet-seed=0"),
        (["data.folder=/a", "setting.folder=b", "paths.data=c", "threads=2", "compile=true"], "default"),
    ],
)
def test_the_folder_of_a_sweeps_run_has_no_folders_of_data(overrides, name) -> None:
    """Without folders it is called as it was when Hydra put the overrides in order: existing sweeps go on."""
    assert cell_folder(overrides) == (name or ",".join(sorted(overrides)))
    assert cell_folder(overrides[::-1]) == cell_folder(overrides)


def test_a_long_name_is_cut_and_still_one_of_its_own() -> None:
    long = [cell_folder([f"x={'y' * 300}{end}"]) for end in "ab"]
    assert long[0] != long[1]
    assert all(len(name.encode()) < 200 for name in long)


def test_overrides_are_the_same_wherever_a_run_is_made() -> None:
    here = ["data=tvsum", "paths.data=/disk", "data.file=/disk/tvsum.h5", "seed=1"]
    there = ["seed=1", "data=tvsum", "data.file=tvsum.h5", "threads=2"]
    assert own_overrides(here) == own_overrides(there)
    assert own_overrides(here) != own_overrides([*there, "fold=0"])


def test_a_name_that_is_too_long_is_of_no_file(tmp_path) -> None:
    assert exists(tmp_path)
    assert not exists(tmp_path / "missing")
    assert not exists(tmp_path / ("x" * 300))


def test_a_name_too_long_is_no_folder(tmp_path) -> None:
    assert is_folder(tmp_path)
    assert not is_folder(tmp_path / "none")
    assert not is_folder(tmp_path / ("x" * 5000))
