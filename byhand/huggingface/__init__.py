"""Models, data and a Space in the formats of the Hugging Face Hub. Chapter 9."""
