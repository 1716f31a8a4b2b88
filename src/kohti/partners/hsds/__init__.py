"""Open Referral's Human Services Data Specification 3.0: its records, read and written."""
