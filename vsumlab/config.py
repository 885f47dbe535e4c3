"""Where the configuration lives."""

from pathlib import Path


def find_conf() -> Path:
    """The folder of Hydra groups: inside the package (a wheel), else beside it (a checkout).

    Raises:
        FileNotFoundError: If the installation is broken and has neither.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError(f"no conf/config.yaml in {package} or {package.parent}: install vsumlab again")
