"""Django's PostgreSQL backend, made thin-skinned: it tells the database who asks before it asks."""
