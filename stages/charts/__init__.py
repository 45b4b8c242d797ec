"""Pictures drawn with Matplotlib."""
