"""Seek: capture from the person and from sources."""
