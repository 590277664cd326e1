"""The disposable copy of the vault in SQLite."""
