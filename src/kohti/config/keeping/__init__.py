"""Keeping an installation: backup and restore, who was forgotten, what is wrong with it (doctor)."""
