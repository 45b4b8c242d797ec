"""The data: what a dataset is, Fashion-MNIST, the samples' recipe; NumPy arrays."""
