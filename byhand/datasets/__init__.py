"""Datasets as NumPy arrays: what they are, and where they come from."""
