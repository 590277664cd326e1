"""Share: what leaves the vault, and for whom."""
