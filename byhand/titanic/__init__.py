"""The passengers of the Titanic: their features, and how good guesses of survival are."""
