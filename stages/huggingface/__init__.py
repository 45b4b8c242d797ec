"""Models, data and a Space as the Hugging Face Hub takes them. Chapter 9."""
