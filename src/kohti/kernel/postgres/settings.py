"""The settings a server of ours starts with."""

from __future__ import annotations

from collections.abc import Mapping

from .address import HOST

SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "dynamic_shared_memory_type": "posix",
    "timezone": "UTC",
    "datestyle": "iso, ymd",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.simple",
    # Nothing of a person may reach the log. The message of an error quotes the value it is about, its detail
    # the whole row; the caller gets both anyway. Level `log` is PostgreSQL's name for the server's own life:
    # start, stop, crash.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


def configuration(settings: Mapping[str, str]) -> str:
    """The text of postgresql.conf."""
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return (
        "# Written by Kohti at each start. Use ALTER SYSTEM for settings of your own.\n"
        + "\n".join(lines)
        + "\n"
    )
