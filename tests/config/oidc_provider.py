"""A small OpenID provider for tests: real HTTP, discovery, keys and signatures, and lies on request."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "kohti", "a secret of the two"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """Who is signed in there (`claims`), and what it gets wrong.

    `token` overrides claims of the signed token (None takes one away), `forged` signs with another key,
    `userinfo` overrides what is answered when asked, `denies` sends everybody back with an error.
    """

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    forged: bool = False
    denies: bool = False
    names_issuer: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=_key)
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on to."""
        self.asked.append(query)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        if self.denies:
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, once, for whoever can answer its challenge."""
        query = self.codes.pop(form.get("code", ""), None)
        answered = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(answered).rstrip(b"=").decode()
        if query is None or query["code_challenge"] != challenge or form.get("client_secret") != SECRET:
            return None
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now - 1,
            "exp": now + 300,
            **{name: value for name, value in self.claims.items() if name in ("sub", "amr", "acr")},
            **self.token,
        }
        signed = jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            _key() if self.forged else self.key,
            algorithm="RS256",
            headers={"kid": "one"},
        )
        return {"access_token": "yes", "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def document(self, path: str) -> dict[str, Any] | None:
        """Discovery, keys, or what it says of who is signed in."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.names_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}
        if path == "/userinfo":
            return self.claims | self.userinfo
        return None


@contextmanager
def provider() -> Iterator[Provider]:
    """One that runs on a port of its own while the block does."""
    served = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.send_response(302)
                self.send_header("Location", served.authorize(query))
                self.end_headers()
                return
            self._answer(served.document(address.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(served.exchange({name: values[0] for name, values in parse_qs(body).items()}))

        def _answer(self, document: dict[str, Any] | None) -> None:
            content = json.dumps(document or {"error": "invalid_request"}).encode()
            self.send_response(200 if document else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.issuer = f"http://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
