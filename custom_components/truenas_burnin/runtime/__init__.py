"""One NAS that is set up: its data, its loop, its drives and whom it tells."""
