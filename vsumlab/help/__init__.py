"""What `vsumlab run --help` says of choices and of hyper-parameters, read from files: nothing is imported."""
