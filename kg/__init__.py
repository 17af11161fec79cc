"""kg: a knowledge graph of why a clinical trial makes sense, read from its record."""

__version__ = "0.1.0"
