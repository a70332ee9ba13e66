"""The rules behind scripts/verify: each has its check and the plants that prove it can fail."""
