"""The terms that are explained are those that are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.run_folders import made_run

from vsumlab.methods.registry import methods
from vsumlab.report.glossary import BASELINES, MARKS, METRICS, glossary, occurs
from vsumlab.report.tables import Table
from vsumlab.runs.reading import find_runs

COMMON = [term for term, _ in (*METRICS, *BASELINES, *MARKS)]


def table(*cells: str) -> Table:
    return Table("τ and random in a title", ["scorer"], [[cell] for cell in cells], "ρ in a note")


@given(st.sets(st.sampled_from(COMMON)))
def test_the_terms_that_are_shown_are_explained_and_no_others(terms) -> None:
    assert {term for term, _ in glossary([], [table("other", *terms)])} == terms


def test_a_table_without_rows_is_not_shown() -> None:
    assert glossary([], [Table("", ["τ"], [], "")]) == []


def test_headers_count() -> None:
    (entry,) = glossary([], [Table("", ["F1 %"], [["0.5"]], "")])
    assert entry in METRICS


@pytest.mark.parametrize("name", methods())
def test_each_method_explains_its_own_terms_where_they_are_shown(tmp_path, name) -> None:
    method = methods()[name]
    target = f"{method.__module__}.{method.__qualname__}"
    config = {"method": {"_target_": target}, "data": {"name": "tvsum"}, "setting": {"name": "x"}}
    for seed in (0, 1):
        made_run(tmp_path / f"{seed}", {name: 0.4}, config=config, seed=seed)
    runs = find_runs([tmp_path])
    terms = [term for term, _ in method.glossary]
    assert [*glossary(runs, [table(*terms)])] == [*method.glossary], "each once"
    assert glossary(runs, [table("nothing")]) == []
    assert glossary([], [table(*terms)]) == [], "of another method they are no terms"


@pytest.mark.parametrize("name", methods())
def test_a_term_is_one_word_that_tables_can_show(name) -> None:
    for term, meaning in methods()[name].glossary:
        assert "," not in term
        assert meaning.endswith(".")


def test_a_part_of_a_word_is_not_the_term() -> None:
    assert not occurs("random", "random_draws=2")
    assert not occurs("direction", "method.direction_weight=2")
    assert occurs("refine", "method=contrastive, refine=False")
    assert occurs("test oracle", "csnet (test oracle)")
