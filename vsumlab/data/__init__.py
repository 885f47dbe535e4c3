"""From feature files to videos: the reader, the folds and the bundled demo."""
