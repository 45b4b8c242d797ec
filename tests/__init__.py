"""The tests: of the hand-written parts, of the stages, and of what users do."""
