"""H2O AutoML on a server of our own."""
