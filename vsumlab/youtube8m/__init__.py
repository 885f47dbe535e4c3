"""YouTube-8M: from frame-level TFRecord shards to a feature file with a uniform sample of its videos.

The road of a video: `tfrecord` (framing, checksums) -> `sequence_example` (a record's content) ->
`first_pass` (what a shard holds) -> `sample` (who is drawn) -> `second_pass` (the drawn records) ->
`feature_file`; `convert` leads over it, `work` keeps what is done. `quantization` is for readers of the file.
"""
