"""Which configurations of CSNet are the paper's rows."""

from __future__ import annotations

from vsumlab.methods.published import PaperRow


def paper_rows(preset: str) -> tuple[PaperRow, ...]:
    """The rows of the paper's tables, as a file of `conf/method` reads the paper."""
    ablations = (
        ablation(preset, "CSNet1", False, False, "none"),
        ablation(preset, "CSNet2", True, False, "none"),
        ablation(preset, "CSNet3", False, True, "none"),
        ablation(preset, "CSNet4", False, False, "median"),
        ablation(preset, "CSNet5", True, True, "none"),
        ablation(preset, "CSNet6", True, False, "median"),
        ablation(preset, "CSNet7", False, True, "median"),
        ablation(preset, "CSNet", True, True, "median"),
    )
    return (*ablations, PaperRow("CSNet_sup", preset, "csnet_supervised", {"supervised": True}))


def ablation(
    preset: str, row: str, chunk_stride: bool, difference_attention: bool, variance_loss: str
) -> PaperRow:
    """A row of table 2."""
    switches = {
        "chunk_stride": chunk_stride,
        "difference_attention": difference_attention,
        "variance_loss": variance_loss,
        "supervised": False,
    }
    quoted = ("CSNet",) if (row, preset) == ("CSNet", "csnet") else ()
    return PaperRow(row, preset, "csnet", switches, quoted)


PAPER_ROWS = (*paper_rows("csnet"), *paper_rows("csnet_unscaled"))
