"""Runs next to each other, as tables, plots and a page."""
