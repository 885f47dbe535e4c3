"""What tests share: plain re-implementations, made-up videos and runs, readers of other programs' files."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
