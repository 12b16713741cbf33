"""The release of this program."""

__version__ = "0.5.0"
