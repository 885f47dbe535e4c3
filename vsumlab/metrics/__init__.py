"""How a summary and importance scores are judged: torchmetrics classes, on the pure functions beneath."""

from vsumlab.metrics.modules import KendallTau, KeyShotF1, SpearmanRho

__all__ = ["KendallTau", "KeyShotF1", "SpearmanRho"]
