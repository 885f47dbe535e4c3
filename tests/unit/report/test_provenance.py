"""How runs were made."""

from support.run_folders import made_run

from vsumlab.report.provenance import runs_table
from vsumlab.runs.reading import find_runs


def test_how_runs_were_made_is_a_line_a_command_and_commit(tmp_path) -> None:
    for seed in (0, 1, 2, 4):
        made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, wall_time_s=90.0)
    git = {"commit": "fedcba9876543210", "dirty": True, "changes": 64 * "a"}
    gpu = {"torch_threads": 2, "gpu": "NVIDIA X"}
    made_run(tmp_path / "5", {"ours": 0.4}, seed=5, git=git, machine=gpu, overrides=("x=1",))
    both = {"commit": "0" * 16, "dirty": False, "commits": ["0" * 16, "1" * 16]}
    made_run(tmp_path / "6", {"ours": 0.4}, seed=6, git=both, overrides=("x=2",))
    made_run(tmp_path / "7", {}, status="failed", error="ValueError: no", overrides=("x=3",))
    table = runs_table(find_runs([tmp_path]))
    assert table.header == ["command", "commit", "runs", "seeds", "took together", "on"]
    command = "`python -m vsumlab.run made=up`"
    assert table.rows == [
        [command, "012345678", "4", "0–2, 4", "6.0 min", "1 CPU thread"],
        [command, "fedcba987, changed", "1", "5", "1.0 min", "NVIDIA X"],
        [command, "000000000, 111111111", "1", "6", "1.0 min", "1 CPU thread"],
    ]
    assert table.notes == "Not done: 1 failed. What went wrong: ValueError: no"


def test_without_a_finished_run_there_is_no_line(tmp_path) -> None:
    made_run(tmp_path / "a", {}, status="failed", error="no")
    table = runs_table(find_runs([tmp_path]))
    assert table.rows == []
    assert table.notes == "Not done: 1 failed. What went wrong: no"
