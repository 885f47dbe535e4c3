"""Videos, timelines, annotations and batches: what everything else speaks of."""
