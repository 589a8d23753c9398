"""What pages are made of: each widget shows one thing."""
