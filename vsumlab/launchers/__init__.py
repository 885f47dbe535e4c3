"""Hydra's launchers and its Optuna sweeper, as sweeps of folds need them."""
