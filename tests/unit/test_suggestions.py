"""What may have been meant."""

import pytest
from hydra import compose, initialize_config_dir
from hydra.errors import HydraException

from vsumlab.config import find_conf, find_groups
from vsumlab.suggestions import closest, meant


def refusal(*overrides: str) -> HydraException:
    """What Hydra raises for a command line."""
    with initialize_config_dir(str(find_conf()), version_base="1.3"), pytest.raises(HydraException) as error:
        compose("config", list(overrides))
    return error.value


def test_the_closest_name_is_the_one_that_was_meant() -> None:
    names = ["csnet_canonical", "contrastive_canonical", "consensus_canonical", "csnet_m"]
    assert closest("csnet_canonica", names) == "csnet_canonical"
    assert closest("consensus_cannonical", names) == "consensus_canonical"
    assert closest("CSNet_M", names) == "csnet_m"


@pytest.mark.parametrize("name", ["", "zzz", "x"])
def test_nothing_is_close_to_a_name_like_none(name) -> None:
    assert closest(name, ["csnet", "contrastive", "seed"]) is None
    assert closest(name, []) is None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("experiment=csnet_canonica", "experiment=csnet_canonical"),
        ("data=TVSum", "data=tvsum"),
        ("method=csnt", "method=csnet"),
        ("+debug=smoke_", "debug=smoke"),
        ("method.varience_loss=mean", "method.variance_loss=mean"),
        ("method.variance_los='a=b'", "method.variance_loss='a=b'"),
        ("methd=csnet", "method=csnet"),
        ("metod.hidden_size=3", "method.hidden_size=3"),
        ("experimnt=csnet_m", "experiment=csnet_m"),
        ("debg=smoke", "debug=smoke"),
        ("callbacks.figuers.videos=0", "callbacks.figures.videos=0"),
        ("hydra.run.dirr=here", "hydra.run.dir=here"),
    ],
)
def test_a_misspelt_override_is_corrected_and_composes(wrong, right) -> None:
    assert meant(refusal("seed=1", wrong), ["seed=1", wrong], find_groups()) == right
    with initialize_config_dir(str(find_conf()), version_base="1.3"):
        compose("config", [right])


@pytest.mark.parametrize(
    "wrong", ["experiment=zzz", "experiment=", "qqq=1", "logger.offline=true", "seed=[", "~seeed"]
)
def test_where_nothing_is_close_or_hydra_says_it_all_nothing_is_suggested(wrong) -> None:
    assert meant(refusal(wrong), [wrong], find_groups()) is None


def test_a_sweep_is_corrected_as_it_was_written() -> None:
    assert meant(refusal("sead=0"), ["-m", "sead_=1", "sead=0,1,2"], find_groups()) == "seed=0,1,2"


def test_nothing_is_suggested_for_a_file_that_was_not_asked_for() -> None:
    """With data of one's own, `setting=augmented` asks for `setting/others/NAME.yaml`."""
    error = refusal("setting=augmented", "data.name=x", "setting/others=tvsums")
    assert meant(error, ["setting=augmented", "data=tvsums"], find_groups()) is None
    assert meant(error, ["setting/others=tvsums"], find_groups()) == "setting/others=tvsum"


def test_another_error_suggests_nothing() -> None:
    assert meant(ValueError("of another kind"), ["method=csnt"], find_groups()) is None


def test_a_folder_with_a_sign_of_equality_in_its_name_is_to_be_quoted() -> None:
    folder = "runs/leaderboard/experiment=leaderboard,method=vasnet,seed=0"
    wrong = f"method.base={folder}"
    right = meant(refusal(wrong), [wrong], find_groups())
    assert right == f"\"method.base='{folder}'\"", "as a shell reads it"
    with initialize_config_dir(str(find_conf()), version_base="1.3"):
        assert compose("config", ["method=consensus", right.strip('"')]).method.base == folder
