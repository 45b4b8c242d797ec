"""The data: samples in clusters and Fashion-MNIST, as NumPy arrays."""
