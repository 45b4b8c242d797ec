"""Models for transformers' Trainer, and the Trainer's settings."""
