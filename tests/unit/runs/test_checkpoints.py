"""What checkpoints are called."""

from itertools import product

from support import PROJECT

from vsumlab.runs.checkpoints import LAST, checkpoint_name

SELECTIONS = sorted(file.stem for file in (PROJECT / "conf" / "selection").glob("*.yaml"))


def test_each_selection_and_scorer_has_a_file_of_its_own() -> None:
    """None replaces another in a fold's folder: the last epoch is there next to the chosen one."""
    assert LAST in SELECTIONS
    names = [
        checkpoint_name(selection, scorer)
        for selection, scorer in product(SELECTIONS, (None, "align", "align,filter"))
    ]
    assert len(set(names)) == len(names)
    assert checkpoint_name("last") == LAST
    assert not any("/" in name for name in names)
