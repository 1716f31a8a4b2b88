"""Where everything is kept, and how each of our database roles gets to it.

Three addresses: DATABASE_URL is the owner's (migrations, backup) and a direct one; KOHTI_WEB_URL may go
through a pooler in transaction mode; KOHTI_LISTEN_URL is direct, for live news. The last two have defaults
made from the first: same server, the role's own name, a password kept in the data folder.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

WEB, WORKER = "kohti_web", "kohti_worker"
PREPARED = {
    "server_side_binding": True,
    "prepare_threshold": 2,
    "options": "-c plan_cache_mode=force_generic_plan",
}
"""Statements are planned once a connection, not once a request: row policies make planning dear. Not through a
pooler in transaction mode, where the next statement may meet another server process."""


def data_folder() -> Path:
    """The folder of this installation: KOHTI_DATA, else one of the user's own."""
    given = os.environ.get("KOHTI_DATA")
    if given:
        return Path(given).expanduser().resolve()
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "kohti"


def keep_secrets(data: Path) -> dict[str, str]:
    """The installation's own secrets, made at first use and readable by its user alone."""
    # Others may pass through, where our own PostgreSQL runs as another user, and see nothing.
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    path = data / "secrets.json"
    wanted = ("secret_key", "web_password", "worker_password", "owner_password")
    held: dict[str, str] = {}
    if path.exists():
        held = json.loads(path.read_text())
    if any(name not in held for name in wanted):
        fresh = {name: held.get(name) or secrets.token_urlsafe(40) for name in wanted}
        partial = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
        try:
            os.link(partial, path)
        except FileExistsError:
            if not held:
                return keep_secrets_again(partial, path)
            os.replace(partial, path)
            return fresh
        partial.unlink()
        return fresh
    return held


def keep_secrets_again(partial: Path, path: Path) -> dict[str, str]:
    """Another process made the secrets while we were about to: take theirs."""
    partial.unlink()
    taken: dict[str, str] = json.loads(path.read_text())
    return taken


def secret_key(data: Path) -> str:
    """The key that signs cookies and tokens."""
    return os.environ.get("KOHTI_SECRET_KEY") or keep_secrets(data)["secret_key"]


def as_role(url: str, user: str, password: str) -> str:
    """The same address for another role."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user)}:{quote(password)}@{host}").geturl()


def with_database(url: str, name: str) -> str:
    """The same address for another database on the server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def database_of(url: str) -> str:
    """The name of the database an address leads to."""
    return unquote(urlsplit(url).path.lstrip("/"))


def owner_url() -> str:
    """The owner's address. Raises KeyError when nobody set or started one."""
    return os.environ["DATABASE_URL"]


def web_url(data: Path) -> str:
    """The web role's address, maybe a pooler's."""
    return os.environ.get("KOHTI_WEB_URL") or as_role(owner_url(), WEB, keep_secrets(data)["web_password"])


def worker_url(data: Path) -> str:
    """The worker role's address."""
    return os.environ.get("KOHTI_WORKER_URL") or as_role(
        owner_url(), WORKER, keep_secrets(data)["worker_password"]
    )


def listen_url(data: Path) -> str:
    """A direct address for LISTEN: never a pooler's."""
    return os.environ.get("KOHTI_LISTEN_URL") or as_role(owner_url(), WEB, keep_secrets(data)["web_password"])


def _database(url: str, *, engine: str, options: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": engine,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or query.pop("host", "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {**query, **options},
    }


def databases(data: Path) -> dict[str, Any]:
    """Django's DATABASES: `default` as the web role, or the worker's when KOHTI_ROLE says so, and `owner`."""
    if "DATABASE_URL" not in os.environ:
        return {"default": {"ENGINE": "django.db.backends.dummy"}}
    worker = os.environ.get("KOHTI_ROLE") == "worker"
    pooled = not worker and "KOHTI_WEB_URL" in os.environ
    return {
        "default": _database(
            worker_url(data) if worker else web_url(data),
            engine="kohti.kernel.database",
            options={} if pooled else PREPARED,
        ),
        "owner": _database(owner_url(), engine="django.db.backends.postgresql", options={}),
    }
