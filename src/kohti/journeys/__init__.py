"""A person's way through a service."""
