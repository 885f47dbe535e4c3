"""The metrics of every table, by name and in order."""

METRICS = ("f1_mean", "f1_max", "kendall_tau", "spearman_rho", "score_variance")
"""F1 by mean and by maximum over annotators, tau-b and rho, and the variance of the scores."""
