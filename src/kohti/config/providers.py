"""Other organisations' sign-in (OpenID Connect), as the installation names it in a file or in its environment.

`sign-in.toml` in the data folder:

    [[provider]]
    code = "city"                             # in our address: /account/with/city/back/
    name = "City of Tampere"                  # on the button
    issuer = "https://login.example.org"      # discovery is below it
    client_id = "kohti"
    client_secret = "…"
    service = "tyotalo"                       # lets into this service alone; left out: into all of them
    second_factor = "said"                    # said, always or never
    acr = ["https://refeds.org/profile/mfa"]  # what counts as said, besides amr "mfa"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

FILE = "sign-in.toml"
ONE = "KOHTI_OIDC_"
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class Provider(BaseModel):
    """One organisation's sign-in.

    second_factor   said: it counts as given where the provider says so (amr "mfa", or an acr named here);
                    always: the provider lets nobody in without one; never: ours is asked all the same
    trusts_email    the provider checks every address though it does not say so (email_verified)
    origins         where else the browser is sent to on the way, besides the issuer
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=80)]
    issuer: str
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: str = ""
    service: Code | None = None
    second_factor: Literal["said", "always", "never"] = "said"
    acr: tuple[str, ...] = ()
    trusts_email: bool = False
    origins: tuple[str, ...] = ()

    @model_validator(mode="after")
    def is_reached_safely(self) -> Self:
        """By https; by http on this machine alone."""
        for address in (self.issuer, *self.origins):
            parts = urlsplit(address)
            here = parts.hostname in ("localhost", "127.0.0.1", "::1")
            if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
                raise ValueError(f"{address} is not an https address")
        return self

    def as_app(self) -> dict[str, Any]:
        """As the library wants it."""
        settings = {"server_url": self.issuer, "oauth_pkce_enabled": True, "uid_field": "sub"}
        if self.acr:
            settings["auth_params"] = {"acr_values": " ".join(self.acr)}
        return {
            "provider_id": self.code,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": settings,
        }


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: tuple[Provider, ...] = ()

    @model_validator(mode="after")
    def codes_are_unique(self) -> Self:
        """Each has an address of its own."""
        codes = [one.code for one in self.provider]
        if len(set(codes)) < len(codes):
            raise ValueError("two providers have the same code")
        return self


class BadProviders(ValueError):
    """The file or environment does not describe a sign-in; the message says where and what was expected."""


def read(data: Path, environment: Mapping[str, str]) -> tuple[Provider, ...]:
    """The providers of this installation: those of the file, and one of the environment (KOHTI_OIDC_…).

    Raises BadProviders.
    """
    path = data / FILE
    found: dict[str, Any] = {}
    try:
        found = tomllib.loads(path.read_text())
    except FileNotFoundError:
        pass
    except (OSError, tomllib.TOMLDecodeError) as trouble:
        raise BadProviders(f"{path}: {trouble}") from trouble
    said = {
        name.removeprefix(ONE).lower(): value
        for name, value in environment.items()
        if name.startswith(ONE) and value
    }
    if said:
        one: dict[str, Any] = {"code": "organisation", "name": "OpenID Connect", **said}
        if "acr" in one:
            one["acr"] = one["acr"].split()
        if "origins" in one:
            one["origins"] = one["origins"].split()
        found["provider"] = [*found.get("provider", []), one]
    try:
        return _File.model_validate(found).provider
    except ValidationError as trouble:
        lines = [
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg'].removeprefix('Value error, ')}"
            for error in trouble.errors()
        ]
        raise BadProviders(f"{path} or {ONE}…: " + "; ".join(lines)) from None


def origins_of(providers: tuple[Provider, ...]) -> list[str]:
    """Where a form of ours may lead the browser."""
    found = []
    for one in providers:
        for address in (one.issuer, *one.origins):
            parts = urlsplit(address)
            found.append(f"{parts.scheme}://{parts.netloc}")
    return list(dict.fromkeys(found))
