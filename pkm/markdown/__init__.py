"""Text to meaning and back: pure functions over one note's text."""
