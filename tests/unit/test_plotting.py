"""What all plots have in common."""

import xml.etree.ElementTree as ElementTree

from matplotlib.figure import Figure

from vsumlab.plotting import literal, save, svg


def drawn(title: str) -> Figure:
    figure = Figure(figsize=(2, 1))
    figure.suptitle(literal(title))
    return figure


def test_text_stays_text_as_it_is_in_the_data() -> None:
    odd = "a$\\frac{$<b> ±"
    assert odd in "".join(ElementTree.fromstring(svg(drawn(odd))).itertext())


def test_the_same_plot_is_the_same_file(tmp_path) -> None:
    for name in ("a.svg", "b.svg"):
        save(drawn("one"), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes() == svg(drawn("one"))
    assert (tmp_path / "a.svg").read_bytes() != svg(drawn("two"))


def test_the_format_is_that_of_the_name(tmp_path) -> None:
    save(drawn("one"), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
