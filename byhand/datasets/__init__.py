"""Datasets as NumPy arrays: a folder's, Fashion-MNIST, and the recipe of the samples."""
