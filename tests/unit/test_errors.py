"""Errors that a user can mend are one line; others are not hidden."""

import os
import pickle
import shlex
import subprocess
import sys

import pytest
from torch.utils.data import DataLoader, Dataset

from vsumlab.errors import (
    LONGEST,
    CodeError,
    UserError,
    first_line,
    needs_extra,
    one_line_errors,
    printable,
    visible,
)


def test_a_users_error_is_a_line_and_exit_code_2(capsys) -> None:
    with pytest.raises(SystemExit) as end, one_line_errors():
        raise UserError("file.h5: gone: bring it back")
    assert end.value.code == 2
    assert capsys.readouterr().err == "vsumlab: file.h5: gone: bring it back\n"


def test_what_a_file_is_called_does_nothing_to_a_terminal(capsys) -> None:
    with pytest.raises(SystemExit), one_line_errors():
        raise UserError("\x1b[2J\nvsumlab: all is well\r\u202e\udc80.h5: gone")
    said = capsys.readouterr().err
    assert said == r"vsumlab: \x1b[2J\nvsumlab: all is well\r\u202e\udc80.h5: gone" + "\n"


@pytest.mark.parametrize("text", ["", "τ ± 0.1 ≈ “ü” 视频 👩‍🔬", "a\\nb", "1\u00a0000"])
def test_any_language_is_printable(text) -> None:
    assert visible(text) == text


def test_a_very_long_error_is_cut() -> None:
    assert first_line(ValueError("a" * 10_000)) == "a" * 150 + "…" + "a" * 150


def test_the_traceback_is_there_for_those_who_ask(monkeypatch) -> None:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(UserError, match="gone"), one_line_errors():
        raise UserError("gone")


def test_other_errors_are_not_hidden(capsys) -> None:
    with pytest.raises(ZeroDivisionError), one_line_errors():
        _ = 1 / 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", [UserError, CodeError])
@pytest.mark.parametrize(
    "name", ["a\nb", "\x1b[2J", "\x00", "caf\udce9", "\u202e", "x" * 10**6, "\r\n\u2028"]
)
def test_names_out_of_damaged_files_leave_the_line_one_line(kind, name, capsys) -> None:
    with pytest.raises(SystemExit), one_line_errors():
        raise kind(f"file.h5: {name}: no number: write it anew")
    line = capsys.readouterr().err
    assert line.startswith("vsumlab: file.h5: ")
    assert line.endswith(": no number: write it anew\n")
    assert line[:-1].isprintable()
    assert len(line) < LONGEST + 20


@pytest.mark.parametrize("said", ["é, 時間, τ = .188 – “so” …", "C:\\new\\x1b", ""])
def test_what_can_be_shown_stays_as_it_is(said) -> None:
    assert printable(said) == str(UserError(said)) == said


def test_a_users_error_travels_between_processes() -> None:
    there = pickle.loads(pickle.dumps(UserError("a\nb")))
    assert (type(there), str(there)) == (UserError, "a\\nb")


@pytest.mark.parametrize(
    ("error", "said"), [(ValueError("a\nb"), "a"), (ValueError("  "), "ValueError"), (KeyError("k"), "'k'")]
)
def test_the_first_line_of_an_error(error, said) -> None:
    assert first_line(error) == said


def test_a_missing_extra_is_named() -> None:
    says = r"^not_there is not installed: pip install 'vsumlab\[more\]'$"
    with pytest.raises(UserError, match=says), needs_extra("more"):
        import not_there  # noqa: F401


def test_a_long_error_is_quoted_in_part() -> None:
    assert first_line(ValueError("x" * 10_000)) == "x" * 150 + "…" + "x" * 150


def test_a_name_from_data_cannot_break_or_colour_the_line(capsys) -> None:
    with pytest.raises(SystemExit), one_line_errors():
        raise UserError("a\nb\x1b[31m\ud800.h5: gone")
    assert capsys.readouterr().err == "vsumlab: a\\nb\\x1b[31m\\ud800.h5: gone\n"


def test_an_error_in_a_process_that_reads_keeps_its_words() -> None:
    with pytest.raises(UserError) as error:
        next(iter(DataLoader(Unreadable(), num_workers=1)))
    assert str(error.value) == "a.h5: no: such video"


class Unreadable(Dataset[int]):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> int:
        try:
            return [0][1]
        except IndexError as error:
            raise UserError("a.h5: no: such video") from error


@pytest.mark.parametrize(
    ("code", "rc", "said"),
    [
        ("print('x' * 10**6)", 1, ""),
        ("print('x')", 0, ""),
        ("print('x'); sys.exit(3)", 3, ""),
        ("print('x'); raise UserError('no')", 2, "vsumlab: no"),
        ("print('x'); {}['key']", 1, "KeyError: 'key'"),
    ],
)
def test_what_nobody_reads_is_dropped_in_silence_and_all_else_is_as_ever(code, rc, said) -> None:
    program = "import sys\nfrom vsumlab.errors import UserError, one_line_errors\nsys.stdin.read()\n"
    program += f"with one_line_errors():\n    {code}\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen([sys.executable, "-c", program], text=True, env=buffered, **pipes) as process:
        process.stdout.close()
        process.stdin.close()  # now it begins, and nobody reads
        shown = process.stderr.read().rstrip()
    assert process.returncode == rc
    assert shown.splitlines()[-1:] == ([said] if said else [])


def test_without_any_output_an_error_is_still_a_line() -> None:
    program = "from vsumlab.errors import UserError, one_line_errors\n"
    program += "with one_line_errors():\n    raise UserError('no')"
    command = f"exec {shlex.quote(sys.executable)} -c {shlex.quote(program)} >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "vsumlab: no\n")


def test_a_pipe_to_another_program_that_breaks_is_not_hidden(capfd) -> None:
    with pytest.raises(BrokenPipeError), one_line_errors():
        raise BrokenPipeError
