"""Studies: many tables at once, on disk as Parquet, the same to the last bit however they were run."""

from .drawn import inputs

__all__ = ["inputs"]
