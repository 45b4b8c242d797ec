"""Models by scikit-learn's solvers."""
