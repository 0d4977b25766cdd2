"""What is known of a drive: its names, serials, sectors, locks, content and users."""
