"""What people are shown: texts, JSON, downloads and the panel."""
