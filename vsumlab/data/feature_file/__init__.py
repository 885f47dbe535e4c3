"""Feature files of the field's schema."""
