"""The passengers of the Titanic: their features, and what counts as a good guess."""
