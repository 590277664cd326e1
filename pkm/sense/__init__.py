"""Sense: write, link, move, check; what makes captures into knowledge."""
