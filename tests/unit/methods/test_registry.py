"""The methods that there are: the package's by their folders, other packages' by their entry points."""

import logging
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from support.methods import METHOD_FILES, made_method, method_config

import vsumlab.methods
from vsumlab.errors import UserError
from vsumlab.methods.registry import check_method, is_method, method_of, methods, published_tables, tables_of
from vsumlab.methods.summarizer import Summarizer
from vsumlab.report.curves import worth_drawing
from vsumlab.report.glossary import glossary
from vsumlab.report.tables import Table
from vsumlab.tracking.workspace import workspace

FOLDERS = sorted(file.parent for file in Path(vsumlab.methods.__file__).parent.glob("*/module.py"))

METHOD = '''
from vsumlab.methods.summarizer import Summarizer


class Theirs(Summarizer):
    """A method that somebody else brings."""

    name = "theirs"
    glossary = (("theirs", "Each frame is as important as it is bright."),)
    curves = (("train/brightness", "Brightness"), ("train/loss", "Loss"))

    def __init__(self, feature_dim: int) -> None:
        super().__init__()
        self.save_hyperparameters()

    def forward(self, features, lengths):
        return features.mean(dim=-1).clamp(0, 1)


class Nameless(Summarizer):
    def forward(self, features, lengths):
        return features.mean(dim=-1)


class Impostor(Theirs):
    name = "csnet"


NUMBER = 7
'''
TABLE = """paper,table,kind,row,dataset,setting,f1,kendall_tau,spearman_rho
theirs,1,own,Theirs,tvsum,canonical,50.5,,0.1
"""


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """Installs a package with a method's module and entry points, as pip would."""

    def install(*points: str, code: str = METHOD, package: str = "theirs") -> None:
        folder, metadata = tmp_path / package, tmp_path / f"{package}-1.0.dist-info"
        for made in (folder, metadata):
            made.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "method.py").write_text(code)
        (folder / "published.csv").write_text(TABLE)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text("\n".join(["[vsumlab.methods]", *points]) + "\n")
        monkeypatch.syspath_prepend(tmp_path)
        methods.cache_clear()

    yield install
    methods.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] in ("theirs", "broken")]:
        del sys.modules[name]


def test_every_folder_with_a_module_is_a_method_under_its_own_name() -> None:
    assert FOLDERS
    for folder in FOLDERS:
        assert methods()[folder.name].__module__ == f"vsumlab.methods.{folder.name}.module"


def test_every_file_in_conf_names_a_method_and_every_method_has_a_file() -> None:
    named = {method_of(method_config(f"method={name}").method._target_) for name in METHOD_FILES}
    assert named == {*methods().values()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_method_has_its_page_and_its_papers_tables_in_its_folder(folder) -> None:
    page = (folder / "README.md").read_text()
    assert page.startswith("# ")
    method = methods()[folder.name]
    reported = len(tables_of(method)) > 0 or any(row.quoted for row in method.paper_rows)
    assert "there is no paper" in page or reported


def test_every_method_says_what_its_rows_and_curves_are() -> None:
    for name, method in methods().items():
        assert method.name == name
        assert method.glossary, name
        titles = [title for _, title in method.curves]
        assert bool(titles) == made_method(f"method={name}").learns, name
        assert len({*titles}) == len(titles), name


def test_a_method_of_another_package_is_found_after_our_own(brought, caplog) -> None:
    ours = [*methods()]
    brought("theirs = theirs.method:Theirs")
    assert [*methods()] == [*ours, "theirs"]
    assert methods()["theirs"].__module__ == "theirs.method"
    assert not caplog.records


def test_a_method_of_another_package_is_in_the_glossary_the_curves_and_the_dashboard(brought) -> None:
    brought("theirs = theirs.method:Theirs")
    run = SimpleNamespace(config={"method._target_": "theirs.method.Theirs"})
    shown = Table("", ["scorer"], [["theirs"]], "")
    assert glossary([run, run], [shown]) == [("theirs", "Each frame is as important as it is bright.")]
    logged = pd.DataFrame(
        {"fold": 0, "epoch": 0, "train/loss": 1.0, "train/other": 2.0, "train/brightness": 3.0}, index=[0]
    )
    drawn = worth_drawing(logged, "theirs.method.Theirs")
    assert [*drawn] == ["fold", "epoch", "train/brightness", "train/loss"]
    sections = {section.name: section for section in workspace("someone", "vsumlab").sections}
    panels = sections["Training of theirs, epoch by epoch"].panels
    assert [panel.title for panel in panels] == ["Brightness", "Loss"]


def test_a_methods_tables_are_next_to_it_in_its_own_package(brought) -> None:
    ours = published_tables()
    brought("theirs = theirs.method:Theirs")
    (row,) = tables_of(methods()["theirs"])
    assert (row.table, row.row, row.f1, row.spearman_rho) == ("theirs table 1", "Theirs", 50.5, 0.1)
    assert published_tables() == (*ours, row)


@pytest.mark.parametrize(
    ("point", "says"),
    [
        ("nowhere.method:Theirs", "cannot be imported: No module named 'nowhere'"),
        ("theirs.method:Missing", "cannot be imported: module 'theirs.method' has no attribute 'Missing'"),
        ("theirs.method:NUMBER", "is no Summarizer with a name"),
        ("theirs.method:Nameless", "is no Summarizer with a name"),
        ("theirs.method:Impostor", "there is another method of the name csnet"),
    ],
)
def test_what_is_no_method_is_one_warning(brought, caplog, point, says) -> None:
    ours = dict(methods())
    brought(f"odd = {point}", "theirs = theirs.method:Theirs")
    with caplog.at_level(logging.WARNING):
        found = methods()
        methods()
    (record,) = caplog.records
    assert point in record.getMessage()
    assert says in record.getMessage()
    assert {name: found[name] for name in ours} == ours, "the others are there all the same"
    assert [*found] == [*ours, "theirs"]


@pytest.mark.parametrize(
    "code", ["raise RuntimeError('no GPU\\nhere')", "import nowhere", "def broken(:", "raise SystemError"]
)
def test_a_package_that_fails_when_it_is_imported_is_one_warning(brought, caplog, code) -> None:
    ours = dict(methods())
    brought("broken = broken.method:Theirs", code=code, package="broken")
    assert methods() == ours
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert record.getMessage().startswith("broken.method:Theirs: the method broken cannot be imported: ")
    assert method_of("broken.method.Theirs") is None


@pytest.mark.parametrize("method", methods().values(), ids=methods())
def test_a_configurations_target_is_its_method(method) -> None:
    assert method_of(f"{method.__module__}.{method.__name__}") is method


@pytest.mark.parametrize(
    "target", ["nowhere.Thing", "vsumlab.methods.csnet.Nothing", "math.pi", "not a name", "None", ""]
)
def test_what_is_no_method_has_none(target) -> None:
    assert method_of(target) is None


def test_the_class_that_all_methods_share_is_none() -> None:
    assert not is_method(Summarizer)


def test_what_a_configuration_makes_has_to_be_a_method_with_a_name() -> None:
    class Nameless(Summarizer):
        def forward(self, features, lengths):
            return features[..., 0]

    check_method(made_method("method=uniform", feature_dim=4), "vsumlab.methods.uniform.Uniform")
    for made in (Nameless(), torch.nn.Linear(4, 1)):
        with pytest.raises(
            UserError, match=r"^mine.Mine: is no method: derive it from .*, and give the class a name$"
        ):
            check_method(made, "mine.Mine")
