"""Published figures: how their tables are read, and that every row a method claims is one of its paper's."""

import math

import pytest
from support.methods import METHOD_FILES, method_config

from vsumlab.config import build, changed
from vsumlab.methods.published import FIGURES, TableRow, own_figures, quoted_figures, read_tables
from vsumlab.methods.registry import methods, published_tables, tables_of

ROWS = [(name, row) for name, method in methods().items() for row in method.paper_rows]

TABLES = """paper,table,kind,row,dataset,setting,f1,kendall_tau,spearman_rho
made,2,own,Ours,tvsum,canonical,58.4,,
made,2,previous,Theirs,tvsum,canonical,57.0,,
made,3,own,Ours,tvsum,canonical,58.5,0.161,
made,3,own,"Ours,more",summe,transfer,,-0.02,0.03
made,3,human,Human,tvsum,canonical,,0.177,0.204
"""


@pytest.fixture
def tables(tmp_path) -> tuple[TableRow, ...]:
    (tmp_path / "published.csv").write_text(TABLES)
    return read_tables(tmp_path / "published.csv")


def test_tables_are_read_in_their_order(tables) -> None:
    assert [row.table for row in tables] == [f"made table {number}" for number in (2, 2, 3, 3, 3)]
    assert [row.kind for row in tables] == ["own", "previous", "own", "own", "human"]
    row = tables[3]
    assert (row.row, row.dataset, row.setting) == ("Ours,more", "summe", "transfer")
    assert (row.kendall_tau, row.spearman_rho) == (-0.02, 0.03)
    assert math.isnan(row.f1), "an empty cell is no figure"
    assert list(row.figures) == list(FIGURES)
    assert row.figures["spearman_rho"] == 0.03


def test_a_method_without_published_figures_has_no_tables(tmp_path) -> None:
    assert read_tables(tmp_path / "published.csv") == ()


def test_each_figure_is_from_the_first_table_that_has_it(tables) -> None:
    figures = own_figures(tables, "Ours", "tvsum", "canonical")
    assert (figures["f1"], figures["kendall_tau"]) == (58.4, 0.161)
    assert math.isnan(figures["spearman_rho"])


@pytest.mark.parametrize(
    ("row", "dataset", "setting"),
    [
        ("Ours", "summe", "canonical"),
        ("Ours", "tvsum", "transfer"),
        ("Theirs", "tvsum", "canonical"),
        ("Human", "tvsum", "canonical"),
        ("Nobody", "tvsum", "canonical"),
    ],
)
def test_a_paper_has_figures_of_its_own_for_what_it_reports_alone(tables, row, dataset, setting) -> None:
    assert own_figures(tables, row, dataset, setting) == {}


@pytest.mark.parametrize(
    ("method", "row", "dataset", "setting", "expected"),
    [
        ("csnet", "CSNet", "summe", "canonical", {"f1": 51.3}),
        ("csnet", "CSNet1", "summe", "canonical", {"f1": 40.8}),
        ("contrastive", "align*", "tvsum", "canonical", {"f1": 56.4}),
        ("contrastive", "align,uniform*", "tvsum", "canonical", {"f1": 58.4}),
        ("contrastive", "align,uniform,filter", "tvsum", "canonical", {"kendall_tau": 0.1609}),
        ("contrastive", "align*", "tvsum", "transfer", {"f1": 54.6}),
        ("contrastive", "align,uniform*", "tvsum", "transfer", {"f1": 56.8}),
    ],
)
def test_figures_are_the_papers(method, row, dataset, setting, expected) -> None:
    found = own_figures(tables_of(methods()[method]), row, dataset, setting)
    assert found.items() >= expected.items()


def test_what_a_row_is_quoted_with_is_found_by_its_names_elsewhere(tables) -> None:
    assert quoted_figures(tables, {"Theirs", "Others"}, "tvsum", "canonical")["f1"] == 57.0
    assert quoted_figures(tables, {"Ours"}, "tvsum", "canonical") == {}, "that is no quotation"
    assert quoted_figures(tables, {"Theirs"}, "summe", "canonical") == {}


def test_f1_is_in_percent_and_correlations_are_not() -> None:
    for row in published_tables():
        assert math.isnan(row.f1) or 5 < row.f1 <= 100, row
        for correlation in (row.kendall_tau, row.spearman_rho):
            assert math.isnan(correlation) or -1 <= correlation <= 1, row
        assert not all(math.isnan(figure) for figure in row.figures.values()), row


def test_methods_claim_rows() -> None:
    assert ROWS


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_a_row_is_in_the_papers_tables_and_its_configuration_has_its_scorer(name, row) -> None:
    method = methods()[name]
    reported = [
        table for table in tables_of(method) if own_figures([table], row.row, table.dataset, table.setting)
    ]
    quoted = [table for table in published_tables() if table.kind == "previous" and table.row in row.quoted]
    assert {table.row for table in quoted} == {*row.quoted}, "no paper quotes it by such a name"
    assert reported or quoted, "no paper has such a row"
    assert row.preset in METHOD_FILES
    config = method_config(f"method={row.preset}")
    assert row.switches.keys() <= config.method.keys()
    configured = build(
        changed(config, **{f"method__{switch}": value for switch, value in row.switches.items()}).method,
        feature_dim=4,
    )
    assert isinstance(configured, method)
    assert row.scorer in configured.scorers


@pytest.mark.parametrize("method", methods().values(), ids=methods())
def test_every_row_that_a_paper_has_of_its_own_is_claimed(method) -> None:
    claimed = {row.row for row in method.paper_rows}
    quoted_alone = {row.row for row in method.paper_rows if row.row in row.quoted}
    own = {table.row for table in tables_of(method) if table.kind == "own"}
    assert own <= claimed <= own | quoted_alone


@pytest.mark.parametrize("method", methods().values(), ids=methods())
def test_no_configuration_is_two_rows(method) -> None:
    configurations = [(row.preset, row.scorer, frozenset(row.switches.items())) for row in method.paper_rows]
    assert len({*configurations}) == len(configurations)
