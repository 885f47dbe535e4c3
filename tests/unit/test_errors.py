"""Errors that a user can mend are one line; others are not hidden."""

import pytest

from vsumlab.errors import UserError, first_line, needs_extra, one_line_errors


def test_a_users_error_is_a_line_and_exit_code_2(capsys) -> None:
    with pytest.raises(SystemExit) as end, one_line_errors():
        raise UserError("file.h5: gone: bring it back")
    assert end.value.code == 2
    assert capsys.readouterr().err == "vsumlab: file.h5: gone: bring it back\n"


def test_the_traceback_is_there_for_those_who_ask(monkeypatch) -> None:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(UserError, match="gone"), one_line_errors():
        raise UserError("gone")


def test_other_errors_are_not_hidden(capsys) -> None:
    with pytest.raises(ZeroDivisionError), one_line_errors():
        _ = 1 / 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "said"), [(ValueError("a\nb"), "a"), (ValueError("  "), "ValueError"), (KeyError("k"), "'k'")]
)
def test_the_first_line_of_an_error(error, said) -> None:
    assert first_line(error) == said


def test_a_missing_extra_is_named() -> None:
    says = r"^not_there is not installed: pip install 'vsumlab\[more\]'$"
    with pytest.raises(UserError, match=says), needs_extra("more"):
        import not_there  # noqa: F401
