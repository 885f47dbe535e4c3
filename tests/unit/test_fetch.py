"""Which files are fetched, and which are left alone; the network's part is in the integration tests."""

import io

import pytest
from rich.console import Console

from vsumlab import fetch as door
from vsumlab.config import compose_config
from vsumlab.errors import UserError


@pytest.fixture
def fetched(monkeypatch, tmp_path):
    """Fetches with downloads that only leave a file; gives the URLs and what was said."""
    urls = []

    def download(url, sha256, folder, timeout, attempts, progress):
        urls.append(url)
        folder.mkdir(exist_ok=True)
        (folder / "downloaded").write_bytes(b"content")
        return folder / "downloaded"

    def unpack(downloaded, target):
        target.write_bytes(downloaded.read_bytes())

    monkeypatch.setattr(door, "download", download)
    monkeypatch.setattr(door, "unpack", unpack)

    def run(*names: str, overrides: tuple[str, ...] = ()) -> tuple[list[str], str]:
        urls.clear()
        said = io.StringIO()
        config = compose_config([f"paths.data={tmp_path}", *overrides], "fetch")
        door.fetch(names, config, Console(file=said, width=500))
        return list(urls), said.getvalue()

    return run


def test_named_datasets_are_fetched_and_those_that_are_there_left_alone(fetched, tmp_path) -> None:
    urls, said = fetched("tvsum", overrides=("sources.tvsum.url=https://made.up/a",))
    assert urls == ["https://made.up/a"]
    (file,) = tmp_path.iterdir()
    assert f"tvsum: {file}" in said
    urls, said = fetched("tvsum")
    assert (urls, said) == ([], f"tvsum: {file} is there\n")


def test_all_are_fetched_where_none_is_named(fetched, tmp_path) -> None:
    urls, _ = fetched()
    assert len(urls) == len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    ("names", "overrides", "says"),
    [
        (("tvsam",), (), "tvsam: not among the datasets tvsum"),
        ((), ("attempts=0",), "attempts=0: expected a whole number, at least 1"),
        ((), ("timeout=0",), "timeout=0: expected a number above 0"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_fetched(
    fetched, tmp_path, names, overrides, says
) -> None:
    with pytest.raises(UserError, match=says):
        fetched(*names, overrides=overrides)
    assert list(tmp_path.iterdir()) == []
