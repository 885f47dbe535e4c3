"""The console script: one door, and the same code as `python -m vsumlab.COMMAND`."""

import importlib.util
import sys
from pathlib import Path

import pytest
from support.run_folders import made_run

import vsumlab
from vsumlab import cli


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Runs `vsumlab …` in this process, in an empty folder; gives exit code, standard output and error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["/somewhere/bin/vsumlab", *arguments])
        monkeypatch.setattr(sys, "path", list(sys.path))
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_is_a_module_that_can_be_run(command) -> None:
    spec = importlib.util.find_spec(f"vsumlab.{command}")
    assert spec is not None
    if spec.submodule_search_locations is not None:
        assert importlib.util.find_spec(f"vsumlab.{command}.__main__") is not None


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")  # imported by another test
@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help(call, command) -> None:
    code, out, err = call(command, "--help")
    assert (code, err) == (0, "")
    assert f"vsumlab {command}" in out


def test_every_door_is_a_command() -> None:
    """What can be run with `python -m`, but for the console script and the film of `make summarize`."""
    package = Path(vsumlab.__file__).parent
    doors = [file for file in package.rglob("*.py") if "if __name__ ==" in file.read_text(encoding="utf-8")]
    names = {file.parent.name if file.stem == "__main__" else file.stem for file in doors}
    assert names - {"cli", "vsumlab", "demo"} == set(cli.COMMANDS)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_a_report_of_runs(call, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    code, out, err = call("report", "runs")
    assert (code, err) == (0, "")
    assert "ours" in out


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_without_a_command_it_says_what_there_is(call, arguments) -> None:
    code, out, err = call(*arguments)
    assert (code, err) == (0, "")
    for command, what in cli.COMMANDS.items():
        assert f"{command:<10} {what}" in out


def test_a_command_that_there_is_not_is_one_line(call) -> None:
    code, out, err = call("nonsense", "--help")
    assert (code, out) == (2, "")
    assert err == f"vsumlab: nonsense: no such command: choose one of {', '.join(cli.COMMANDS)}\n"


@pytest.mark.parametrize(
    ("wrong", "right"), [("evalute", "evaluate"), ("Report", "report"), ("ftech", "fetch")]
)
def test_a_misspelt_command_is_one_line_with_what_may_have_been_meant(call, wrong, right) -> None:
    code, out, err = call(wrong)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"vsumlab: {wrong}: no such command (did you mean {right}?): choose one of run, ")


def test_the_version(call) -> None:
    assert call("--version") == (0, f"{vsumlab.__version__}\n", "")


def test_arguments_reach_the_command(call, video_file) -> None:
    path = video_file(n_videos=2)
    code, out, err = call("inspect", str(path))
    assert (code, err) == (0, "")
    assert "2 videos" in out
    code, _, err = call("inspect", "missing.h5")
    assert (code, err.count("\n")) == (2, 1)
    assert "missing.h5: no such file" in err


def test_modules_of_ones_own_are_found_in_the_current_folder(call, tmp_path) -> None:
    call("inspect", "missing.h5")
    assert str(tmp_path) in sys.path


def test_an_interrupt_before_a_command_has_begun_is_one_line(call, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.runpy, "run_module", interrupted)
    assert call("report", "runs") == (130, "", "vsumlab: interrupted: the same command begins anew\n")
