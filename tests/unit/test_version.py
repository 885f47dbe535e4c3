"""The version is one, wherever it is read."""

import re
import tomllib

from support import PROJECT

import vsumlab
from vsumlab.version import __version__


def test_the_version_is_that_of_the_package_and_its_wheel() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert vsumlab.__version__ == __version__
    hatch = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]
    assert f'__version__ = "{__version__}"' in (PROJECT / hatch["version"]["path"]).read_text()
