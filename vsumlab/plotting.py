"""What all plots have in common: each colour has one meaning, and text in an SVG stays text."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from vsumlab.errors import visible

PEOPLE, SELECTED, SCORE, CURVE, BOUNDARY = "#c9d3dc", "#e4572e", "#17324d", "#7b4fa3", "#8a94a0"
WIDTH = 10.0  # inches
SVG: Any = {"svg.fonttype": "none", "svg.hashsalt": "vsumlab"}
"""Text stays text; the same plot is the same file."""


class Picture(Figure):
    """A figure that a notebook shows, whether or not it has set up pyplot."""

    def _repr_png_(self) -> bytes:
        """What IPython asks an object for."""
        return drawn(self, "png")


def literal(text: str) -> str:
    """A name from data as it is: between dollars Matplotlib would read mathematics."""
    return visible(text).replace("$", r"\$")


def span(low: float, high: float) -> str:
    """From where to where values go, with as many digits as tell the ends from each other.

    >>> span(0.48, 0.52), span(-8.0, 0.5), span(0.5, 0.5)
    ('0.480 to 0.520', '−8.0 to 0.5', '0.5 throughout')
    """
    if low == high:
        said = f"{low:g} throughout"
    else:
        digits = max(0, 1 - math.floor(math.log10(high - low)))
        said = f"{low:.{digits}f} to {high:.{digits}f}"
    return said.replace("-", "−")


def save(figure: Figure, path: Path) -> None:
    """Writes a plot in the format of its name; text in an SVG stays text."""
    with rc_context(SVG):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def svg(figure: Figure) -> bytes:
    """A plot as an SVG file; laid out here, for Matplotlib would draw it a second time to do so."""
    figure.set_dpi(72)  # an SVG's
    FigureCanvasSVG(figure)  # by whose measure of text
    layout = figure.get_layout_engine()
    if layout is not None:
        with rc_context(SVG):
            layout.execute(figure)
        figure.set_layout_engine(None)
    return drawn(figure, "svg", metadata={"Date": None})


def drawn(figure: Figure, format: str, **options: Any) -> bytes:
    """A plot as a file of a format that Matplotlib has; options are its own."""
    content = io.BytesIO()
    with rc_context(SVG):
        figure.savefig(content, format=format, **options)
    return content.getvalue()
