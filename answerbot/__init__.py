"""Fill, cross-check and grade question banks with a language model."""

__version__ = "0.1.0"
