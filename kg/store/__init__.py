"""Graphs on disk and in memory: load, save with stable bytes, query, named queries, formats."""
