"""Loggers, and the W&B dashboard."""
