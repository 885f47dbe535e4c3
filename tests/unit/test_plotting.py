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


def with_panels() -> Figure:
    figure = Figure(figsize=(4, 2), layout="constrained")
    for axis in figure.subplots(1, 2):
        axis.plot([0, 1000.5])
        axis.set_ylabel("a label that needs room")
    return figure


def test_a_plot_that_lays_itself_out_is_the_same_file_drawn_once(tmp_path, monkeypatch) -> None:
    save(with_panels(), tmp_path / "a.svg")
    times, draw = [], Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda self, renderer: times.append(1) or draw(self, renderer))
    assert svg(with_panels()) == (tmp_path / "a.svg").read_bytes()
    assert len(times) == 1
