"""Values that every floor may hold: no I/O, no third-party imports."""
