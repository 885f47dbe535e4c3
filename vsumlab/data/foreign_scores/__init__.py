"""Importance scores that some program wrote."""
