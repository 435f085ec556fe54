"""Who calls: an account of its own, signed in again every few seconds, because generated calls end sessions."""

import json
import os
import re
import secrets
import urllib.parse
import urllib.request

import schemathesis

USER_SERVICE = os.environ["API_CHECK_ACCOUNTS_URL"]
PASSWORD = "correct-horse-battery"


def post(path, body, content_type):
    request = urllib.request.Request(USER_SERVICE + path, body, {"content-type": content_type})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@schemathesis.auth(refresh_interval=20)
class Caller:
    def get(self, case, context):
        name = f"api-{secrets.token_hex(8)}"
        account = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        post("/api/v1/auth/register", json.dumps(account).encode(), "application/json")
        form = urllib.parse.urlencode({"username": name, "password": PASSWORD}).encode()
        return post("/api/v1/auth/login", form, "application/x-www-form-urlencoded")["access_token"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"
        # A short key is soon used for another request and refused, and rightly; what is no key stays none.
        key = case.headers.get("Idempotency-Key")
        if isinstance(key, str) and re.fullmatch(r"[!#-~][!-~]{0,200}", key):
            case.headers["Idempotency-Key"] = key + secrets.token_hex(16)
        elif isinstance(key, str) and re.fullmatch(r'"[^"\\]{0,200}"', key):
            case.headers["Idempotency-Key"] = f'"{secrets.token_hex(16)}{key[1:]}'
