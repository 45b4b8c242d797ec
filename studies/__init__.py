"""The pipeline beside it: one script a stage of studies/dvc.yaml."""
