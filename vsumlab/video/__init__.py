"""Videos of one's own: frames, features, shots, and a summary to look at.

What decodes videos and runs networks is installed by the extra `video`.
"""
