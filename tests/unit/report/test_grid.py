"""A study over two or three numbers is a grid; what is not numeric, or not complete, stays a table."""

import statistics as plain
from itertools import product

import pytest
from support.run_folders import Row, made_run

from vsumlab.report.compare import Comparison, compare
from vsumlab.report.contents import difference_tables, result_tables
from vsumlab.report.grid import axes, grid_tables, grids_of, heat_map_data, off_grid
from vsumlab.report.tables import Table
from vsumlab.runs.reading import find_runs

Cell = tuple[str, ...]
RATES, WIDTHS = ("0.1", "0.2"), ("16", "8", "32")


def study(folder, *cells: Cell, **more) -> dict[Cell, list[Row]]:
    """Runs with some overrides each, and a level of their own."""
    rows = {}
    for number, cell in enumerate(cells):
        scorers = {"ours": 0.3 + 0.01 * number, "theirs": 0.4 + 0.01 * number}
        rows[cell] = made_run(folder / ",".join(cell), scorers, overrides=cell, **more)
    return rows


def grid_of_two() -> list[Cell]:
    return [(f"rate={rate}", f"method.width={width}") for rate, width in product(RATES, WIDTHS)]


def mean(rows: list[Row], scorer: str, metric: str) -> float:
    """Over videos, then folds."""
    of = [row for row in rows if row.scorer == scorer]
    return plain.mean(plain.mean(getattr(r, metric) for r in of if r.fold == fold) for fold in (0, 1))


def compared(folder) -> Comparison:
    (comparison,) = compare(find_runs([folder]))
    return comparison


def cells_of(table: Table) -> dict[frozenset[str], str]:
    """The cells of a matrix by the words beside and above them."""
    return {
        frozenset([*down.split(", "), *across.split(", ")]): cell
        for down, *cells in table.rows
        for across, cell in zip(table.header[1:], cells, strict=True)
    }


def test_two_numbers_are_a_matrix_of_tau_and_one_of_f1_for_each_scorer(tmp_path) -> None:
    rows = study(tmp_path, *grid_of_two())
    comparison = compared(tmp_path)
    assert set(axes(comparison)) == {"rate", "method.width"}
    tables = grid_tables(comparison)
    titles = [
        f"tvsum · canonical · {scorer} · {name}" for scorer in ("ours", "theirs") for name in ("τ", "F1 %")
    ]
    assert [table.title for table in tables] == titles
    for table in tables:
        assert len(table.header) == 4, "the number with more values is across"
        *_, scorer, name = table.title.split(" · ")
        metric, scale, digits = {"τ": ("kendall_tau", 1, 3), "F1 %": ("f1_mean", 100, 1)}[name]
        cells = cells_of(table)
        assert len(cells) == 6
        for (rate, width), own in rows.items():
            shown = cells[frozenset([rate, width.removeprefix("method.")])]
            assert shown.startswith(f"{scale * mean(own, scorer, metric):.{digits}f} ± ")


def test_numbers_stand_in_their_order_not_in_that_of_their_letters(tmp_path) -> None:
    study(tmp_path, *grid_of_two(), folds=(0,))
    table = grid_tables(compared(tmp_path))[0]
    assert table.header == ["", "width=8", "width=16", "width=32"]
    assert [row[0] for row in table.rows] == ["rate=0.1", "rate=0.2"]


def test_three_numbers_are_a_matrix_too(tmp_path) -> None:
    cells = [(*two, f"depth={depth}") for two in grid_of_two() for depth in (1, 2)]
    rows = study(tmp_path, *cells)
    comparison = compared(tmp_path)
    assert len(axes(comparison)) == 3
    table = grid_tables(comparison)[0]
    found = cells_of(table)
    assert len(found) == 12
    for (rate, width, depth), own in rows.items():
        shown = found[frozenset([rate, width.removeprefix("method."), depth])]
        assert shown.startswith(f"{mean(own, 'ours', 'kendall_tau'):.3f}")


def test_where_there_is_a_grid_the_table_has_the_other_rows_alone(tmp_path) -> None:
    study(tmp_path, *grid_of_two())
    comparison = compared(tmp_path)
    assert off_grid(comparison).lines["scorer"].tolist() == ["random", "human", "gtscore"]
    results, *matrices = result_tables([comparison])
    assert [row[0] for row in results.rows] == ["random", "human", "gtscore"]
    assert len(matrices) == 4
    differences, *more = difference_tables([comparison])
    assert [row[0] for row in differences.rows] == ["human", "gtscore"]
    assert len(more) == 2
    for table in more:
        assert all("(" in cell and " to " in cell for _, *cells in table.rows for cell in cells)


def test_differences_from_another_row_are_a_table(tmp_path) -> None:
    study(tmp_path, *grid_of_two(), folds=(0,))
    (table,) = difference_tables([compared(tmp_path)], "human")
    assert len(table.rows) == 6 * 2 + 2


def test_a_row_that_the_paper_has_stays_in_the_table(tmp_path) -> None:
    study(tmp_path, *grid_of_two(), folds=(0,))
    comparison = compared(tmp_path)
    comparison.lines.loc[0, "paper_row"] = "Theirs"
    (kept, *_) = off_grid(comparison).lines["paper_row"]
    assert kept == "Theirs"
    assert len(grids_of(comparison)[0][1]) == 6, "and in the grid as well"


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(grid_of_two()[:-1], id="a cell is not there"),
        pytest.param(grid_of_two()[:4], id="too few for a grid"),
        pytest.param([(f"rate={i}",) for i in range(8)], id="one number"),
        pytest.param(
            [(f"rate={rate}", f"loss={loss}") for rate, loss in product("1234", ("mean", "none"))],
            id="not numeric",
        ),
        pytest.param(
            [(f"rate={rate}", f"deep={deep}") for rate, deep in product("1234", ("true", "false"))],
            id="true and false are no numbers",
        ),
        pytest.param(
            [tuple(f"{name}={i >> bit & 1}" for bit, name in enumerate("abcd")) for i in range(16)],
            id="four numbers",
        ),
    ],
)
def test_what_is_no_grid_stays_a_table(tmp_path, cells) -> None:
    study(tmp_path, *cells, folds=(0,))
    comparison = compared(tmp_path)
    assert axes(comparison) == []
    assert grid_tables(comparison) == grids_of(comparison) == []
    assert off_grid(comparison) is comparison
    (table,) = result_tables([comparison])
    assert len(table.rows) == 2 * len(cells) + 3


def test_a_cell_that_failed_is_a_cell_that_is_not_there(tmp_path) -> None:
    *done, last = grid_of_two()
    study(tmp_path, *done, folds=(0,))
    made_run(tmp_path / "failed", {}, overrides=last, status="failed", error="no")
    comparison = compared(tmp_path)
    assert axes(comparison) == []
    (table,) = result_tables([comparison])
    assert [row[-1] for row in table.rows].count("1 failed") == 1


def test_a_heat_map_has_the_means_of_the_matrix(tmp_path) -> None:
    rows = study(tmp_path, *grid_of_two())
    comparison = compared(tmp_path)
    (name, lines), _ = grids_of(comparison)
    assert name == "canonical · ours"
    data = heat_map_data(comparison, lines, "kendall_tau")
    assert data.shape == (2, 3)
    for (rate, width), own in rows.items():
        expected = mean(own, "ours", "kendall_tau")
        assert data.loc[rate, width.removeprefix("method.")] == pytest.approx(expected)
