import pytest
from support.shards import write_shards


@pytest.fixture
def shards(tmp_path):
    """Six shards of five videos each, and one copy."""
    return write_shards(tmp_path / "shards")
