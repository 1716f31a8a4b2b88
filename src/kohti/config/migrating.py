"""Django's own `migrate`, without making every model anew for every index.

To carry out a migration Django keeps the models as they were at that point, and after each operation makes anew
the one that changed with all those it is tied to, also where only an index or a constraint was added. With us
everything is tied to a service and a person, so that this was more than half of what a first start costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState


@contextmanager
def models_kept() -> Iterator[None]:
    """While this lasts, an index or a constraint is written into the model that is there already.

    No column changes by either and nobody refers to them, so what the database is told stays the same. It holds
    for the whole process: run migrations by one thread.
    """
    inside: Any = ProjectState  # its types leave out what is its own
    before = inside._append_option
    inside._append_option = _append_option
    try:
        yield
    finally:
        inside._append_option = before


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, added: object
) -> None:
    described = state.models[app_label, model_name]
    described.options[option_name] = [*described.options[option_name], added]
    if "apps" in state.__dict__:  # hasattr would make them all
        meta: Any = state.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, [*getattr(meta, option_name), added])
        meta._expire_cache()
