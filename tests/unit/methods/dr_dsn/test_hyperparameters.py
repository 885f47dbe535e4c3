"""What can be chosen of DR-DSN: the values that make no sense are refused in a line."""

import pytest
from support.methods import assert_refused, made_method, method_config

BAD = {
    "hidden_size": (0, "at least 1"),
    "episodes": (0, "at least 1"),
    "distance": (-1, "at least 0"),
    "share": (1.0, "above 0 and below 1"),
    "length_weight": (-1, "at least 0"),
    "baseline_decay": (1.0, "at least 0 and below 1"),
    "keyframe_share": (0, "above 0 and below 1"),
    "learning_rate": (0.0, "above 0"),
    "weight_decay": (-1e-5, "at least 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_meant_is_refused(name) -> None:
    assert_refused("dr_dsn", name, *BAD[name])


def test_each_number_has_such_a_test() -> None:
    assert {*BAD} == {*method_config("method=dr_dsn").method} - {"_target_", "supervised"}


@pytest.mark.parametrize(
    ("name", "epochs", "supervised"),
    [("dr_dsn", 60, False), ("dr_dsn_2000", 2000, False), ("dr_dsn_supervised", 60, True)],
)
def test_the_papers_values_are_the_configurations(name, epochs, supervised) -> None:
    config = method_config(f"method={name}")
    assert (config.trainer.max_epochs, config.trainer.gradient_clip_val, config.batch_size) == (epochs, 5, 1)
    chosen = made_method(f"method={name}").hyperparameters
    assert (chosen.hidden_size, chosen.episodes, chosen.distance, chosen.share) == (256, 5, 20, 0.5)
    assert (chosen.learning_rate, chosen.weight_decay, chosen.length_weight) == (1e-5, 1e-5, 0.01)
    assert chosen.supervised == supervised
