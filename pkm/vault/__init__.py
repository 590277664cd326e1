"""The files: walking, reading, naming, and the plans that change them."""
