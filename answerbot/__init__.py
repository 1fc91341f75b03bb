"""Fill and cross-check question banks with a language model."""

__version__ = "0.1.0"
