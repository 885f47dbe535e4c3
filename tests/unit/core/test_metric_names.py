"""The names under which metrics are written to files."""

from vsumlab.core.metric_names import METRICS


def test_names_and_order_are_those_of_every_run_folder_there_is() -> None:
    assert METRICS == ("f1_mean", "f1_max", "kendall_tau", "spearman_rho", "score_variance")
