"""Whose token a request has."""

from time import monotonic, time
from urllib.request import urlopen

import jwt
import orjson

# A token is verified anew after half of this or more, and at the latest after all of it.
FRESH_FOR = 30.0
MOST_TOKENS = 10_000


class TokenCheck:
    """RS256 with the published keys, `typ`, issuer, audience and claims; good tokens are known for 30 s."""

    def __init__(self, keys_url: str, issuer: str, audience: str) -> None:
        with urlopen(keys_url) as answer:
            self.keys = {key["kid"]: jwt.PyJWK(key).key for key in orjson.loads(answer.read())["keys"]}
        self.issuer = issuer
        self.audience = audience
        self.younger: dict[str, tuple[int, int]] = {}
        self.older: dict[str, tuple[int, int]] = {}
        self.turned_at = monotonic()

    def owner_of(self, authorization: str) -> int | None:
        if not authorization.startswith("Bearer "):
            return None
        token = authorization[7:]
        self.turn_when_due()
        known = self.younger.get(token) or self.older.get(token)
        if known is None:
            known = self.verify(token)
            if known is None:
                return None
            self.younger[token] = known
        owner, expires = known
        return owner if time() < expires else None

    def turn_when_due(self) -> None:
        age = monotonic() - self.turned_at
        if age >= FRESH_FOR / 2 or len(self.younger) >= MOST_TOKENS / 2:
            self.older = self.younger if age < FRESH_FOR else {}
            self.younger = {}
            self.turned_at += age

    def verify(self, token: str) -> tuple[int, int] | None:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("typ") != "at+jwt":
                return None
            claims = jwt.decode(
                token,
                self.keys[header["kid"]],
                algorithms=["RS256"],
                issuer=self.issuer,
                audience=self.audience,
                options={"require": ["exp", "sub", "sid"]},
            )
            return int(claims["sub"]), claims["exp"]
        except (jwt.PyJWTError, KeyError, ValueError):
            return None
