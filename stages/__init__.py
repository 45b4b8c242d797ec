"""The pipeline: one small script a stage, and what they share in the packages beside them."""
