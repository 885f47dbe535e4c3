"""Run folders: what is in them, who is at work there, reading them again."""
