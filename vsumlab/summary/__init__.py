"""Importance scores to key-shot summaries."""
