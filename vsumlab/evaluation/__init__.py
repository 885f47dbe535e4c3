"""The evaluation protocol applied."""
