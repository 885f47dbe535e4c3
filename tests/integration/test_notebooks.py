"""The notebooks of the documentation run from first cell to last, and are kept without outputs."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure
from support import PROJECT

from vsumlab.evaluation.significance import Difference

FIRST_STEPS = PROJECT / "docs" / "first_steps.ipynb"
NOTEBOOKS = sorted(PROJECT.glob("docs/*.ipynb"))
every_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.name)


def cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    written = json.loads(notebook.read_text(encoding="utf-8"))
    return [cell for cell in written["cells"] if cell["cell_type"] == kind]


def run(notebook: Path, names: dict[str, Any]) -> Iterator[Any]:
    """Runs the cells of code in order in one namespace; what each would show, the value of its last line."""
    for cell in cells(notebook, "code"):
        code = ast.parse("".join(cell["source"]))
        shown = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
        exec(compile(code, notebook.name, "exec"), names)
        if isinstance(shown, ast.Expr):
            yield eval(compile(ast.Expression(shown.value), notebook.name, "eval"), names)


def test_the_first_steps_run(tmp_path, monkeypatch, capsys) -> None:
    """In an empty folder, where the demo data is made."""
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")
    names: dict[str, Any] = {}
    shown = list(run(FIRST_STEPS, names))
    (figure,) = (each for each in shown if isinstance(each, Figure))
    assert figure._repr_png_().startswith(b"\x89PNG"), "a notebook shows it"
    ours = ["changes", "contrastive", "consensus"]
    assert [axis.get_title(loc="left") for axis in figure.axes] == [f"scores: {name}" for name in ours]
    (table,) = (each for each in shown if isinstance(each, pd.DataFrame))
    assert list(table.index) == [*ours, "random", "human", "gtscore"]
    assert (table.loc["gtscore", "kendall_tau"] > table.loc[ours, "kendall_tau"]).all()
    trained = names["means"]["test/kendall_tau"]
    assert table.loc["consensus", "kendall_tau"] == pytest.approx(trained, abs=1e-3), "as the run has it"
    assert isinstance(names["found"], Difference)
    assert names["found"].n_videos == len(names["videos"]) == 10
    said = capsys.readouterr().out
    assert len(re.findall(r"^\w+ - \w+: tau [+-]0\.\d{3} .*, p = \d\.\d{3}, 10 videos$", said, re.M)) == 3


@every_notebook
def test_notebooks_are_kept_without_outputs(notebook) -> None:
    code = cells(notebook, "code")
    assert len(code) >= 3
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@every_notebook
def test_links_of_notebooks_point_at_something(notebook) -> None:
    text = "\n".join("".join(cell["source"]) for cell in cells(notebook, "markdown"))
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert targets
    for target in targets:
        assert (notebook.parent / urlsplit(target).path).exists(), target


@every_notebook
def test_notebooks_can_be_found_from_the_readme(notebook) -> None:
    assert f"(docs/{notebook.name})" in (PROJECT / "README.md").read_text(encoding="utf-8")
