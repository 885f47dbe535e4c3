"""How a summary and importance scores are judged: pure functions, and torchmetrics classes on them."""
