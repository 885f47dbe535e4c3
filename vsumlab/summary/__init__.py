"""Frame features to shots, importance scores to key-shot summaries.

Scores may be tensors, arrays or lists, of one scorer (T,) or of several (D, T); what is made of one scorer's
has no leading D either.
"""
