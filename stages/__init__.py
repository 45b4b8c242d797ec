"""The pipeline: one script a stage of dvc.yaml, and nothing else."""
