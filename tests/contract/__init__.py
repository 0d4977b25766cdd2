"""One client against every generation of TrueNAS, as the mock plays it."""
