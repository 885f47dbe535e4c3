"""Table 2 as the paper prints it, and the row with supervision, by either reading of the paper."""

import pytest

from vsumlab.methods.csnet.paper_rows import PAPER_ROWS, paper_rows

TABLE_2 = {  # the ticks of the paper's table: CSNet, Difference, Variance Loss
    "CSNet1": "",
    "CSNet2": "C",
    "CSNet3": "D",
    "CSNet4": "V",
    "CSNet5": "CD",
    "CSNet6": "CV",
    "CSNet7": "DV",
    "CSNet": "CDV",
}


@pytest.mark.parametrize("preset", ["csnet", "csnet_unscaled"])
def test_rows_have_the_ticks_of_table_2(preset) -> None:
    *ablations, supervised = paper_rows(preset)
    ticks = {
        each.row: "C" * each.switches["chunk_stride"]
        + "D" * each.switches["difference_attention"]
        + "V" * (each.switches["variance_loss"] == "median")
        for each in ablations
    }
    assert ticks == TABLE_2
    assert not any(each.switches["supervised"] for each in ablations)
    assert (supervised.row, supervised.scorer) == ("CSNet_sup", "csnet_supervised")
    assert dict(supervised.switches) == {"supervised": True}


def test_both_readings_have_all_rows() -> None:
    assert [(each.preset, each.row) for each in PAPER_ROWS] == [
        (preset, row) for preset in ("csnet", "csnet_unscaled") for row in (*TABLE_2, "CSNet_sup")
    ]
