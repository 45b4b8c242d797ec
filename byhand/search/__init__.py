"""A search for a model's settings: which settings it tries, and how one try runs."""
