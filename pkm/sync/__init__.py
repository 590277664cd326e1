"""Sync: one vault on many machines, through an ordinary git remote."""
