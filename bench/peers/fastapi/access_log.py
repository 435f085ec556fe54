"""One line for each request, and the headers that every answer has."""

import sys
from time import perf_counter, time
from uuid import uuid4

import orjson


class AccessLog:
    """Plain ASGI: Starlette's BaseHTTPMiddleware would cost a task and two queues for each request."""

    def __init__(self, app) -> None:
        self.app = app
        self.lines: list[bytes] = []
        self.length = 0

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = perf_counter()
        sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        request_id = sent or str(uuid4()).encode()
        status = 500

        async def send_with_headers(message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] += [(b"x-request-id", request_id), (b"cache-control", b"no-store")]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            self.write(
                {
                    "level": 30,
                    "time": int(time() * 1000),
                    "request_id": request_id.decode("latin-1"),
                    "method": scope["method"],
                    "route": getattr(scope.get("route"), "path", None),
                    "status": status,
                    "ms": round((perf_counter() - started) * 1000, 2),
                    "client_address": scope["client"][0],
                    "user_id": str(scope.get("owner", 0)),
                    "msg": "request",
                }
            )

    def write(self, line: dict) -> None:
        text = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
        self.lines.append(text)
        self.length += len(text)
        if self.length >= 4096:
            sys.stdout.buffer.write(b"".join(self.lines))
            sys.stdout.buffer.flush()
            self.lines, self.length = [], 0
