"""The task service's get, list and create on FastAPI and asyncpg, in their usual way on their quickest parts: one uvicorn
worker with uvloop and httptools. Fair: the SQL is ours, word for word (the first argument is a file with it), prepared once on
as many connections, and the JSON that Postgres makes is passed on; it checks bodies, a token's signature, issuer, audience and
time, and writes the same access line. It has less to do: no admission, deadlines, problems, idempotency keys, ended sessions,
changing keys, other filters, further claims.
"""

import os
import sys
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from hashlib import sha256
from base64 import urlsafe_b64encode
from typing import Annotated, Literal

import asyncpg
import orjson
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from access_log import AccessLog
from tokens import TokenCheck

PATH = "/api/v1/tasks"
LARGEST = 2**63 - 1
STATUSES = ["todo", "in_progress", "done"]
PRIORITIES = ["low", "medium", "high"]
with open(sys.argv[1], "rb") as file:
    STATEMENTS = orjson.loads(file.read())
SETTINGS = {
    "enable_sort": "off",
    "enable_seqscan": "off",
    "plan_cache_mode": "force_generic_plan",
    "TimeZone": "UTC",
    "statement_timeout": "10000",
}


async def no_reset(_connection: asyncpg.Connection) -> None:
    """asyncpg's own takes a round trip for each request, to unset what nobody sets here: 12 to 15 % of the CPU."""


@asynccontextmanager
async def with_pool(app: FastAPI):
    url = os.environ["DATABASE_URL"]
    options = {"min_size": 10, "max_size": 10, "reset": no_reset, "server_settings": SETTINGS}
    async with asyncpg.create_pool(url, **options) as app.state.pool:
        yield


app = FastAPI(lifespan=with_pool, openapi_url=None)
app.add_middleware(AccessLog)
owner_of = TokenCheck(os.environ["KEYS_URL"], os.environ["TOKEN_ISSUER"], os.environ["TOKEN_AUDIENCE"]).owner_of


async def signed_in(request: Request) -> int:
    owner = owner_of(request.headers.get("authorization", ""))
    if owner is None:
        raise HTTPException(401)
    request.scope["owner"] = owner
    return owner


Owner = Annotated[int, Depends(signed_in)]


def as_json(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, headers, "application/json; charset=utf-8")


@app.get(PATH + "/{id}")
async def get(id: int, owner: Owner, request: Request) -> Response:
    row = await app.state.pool.fetchrow(STATEMENTS["get"], id, owner) if abs(id) <= LARGEST else None
    if row is None:
        raise HTTPException(404)
    tag = f'"{row["version"]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    return as_json(row["json"], headers={"etag": tag})


def cursor_of(key: int, id: int, owner: int) -> str:
    """Seals the position of a page's last task for the owner's list without filters, newest first."""
    place = key.to_bytes(8, signed=True) + id.to_bytes(8, signed=True)
    scope = orjson.dumps([place.hex(), str(owner), "-created_at", STATUSES, PRIORITIES, None, None, None])
    return urlsafe_b64encode(place + sha256(scope).digest()[:8]).decode()


@app.get(PATH)
async def list_tasks(owner: Owner, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    row = await app.state.pool.fetchrow(
        STATEMENTS["list"], owner, datetime.max, LARGEST, limit, 0, STATUSES, PRIORITIES
    )
    next_cursor = f'"{cursor_of(int(row["last_key"]), int(row["last_id"]), owner)}"' if row["more"] else "null"
    return as_json(
        f'{{"tasks":[{row["tasks"] or ""}],"total":{row["total"]},"skip":0,"limit":{limit},"next_cursor":{next_cursor}}}'
    )


def to_instant(text: str) -> datetime:
    """No zone means UTC, no time midnight; digits beyond milliseconds are cut off."""
    instant = datetime.fromisoformat(text.upper())
    instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    return instant.replace(tzinfo=timezone.utc) if instant.tzinfo is None else instant.astimezone(timezone.utc)


def to_lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("no NUL")
    return text


Timestamp = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\d([Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?)?$"),
    AfterValidator(to_instant),
]
Text = Annotated[str, AfterValidator(without_nul)]


class TaskCreation(BaseModel):
    title: Annotated[Text, Field(min_length=1, max_length=255)]
    description: Annotated[Text, Field(max_length=10_000)] | None = None
    status: Annotated[Literal["todo", "in_progress", "done"], BeforeValidator(to_lower)] = "todo"
    priority: Annotated[Literal["low", "medium", "high"], BeforeValidator(to_lower)] = "medium"
    due_date: Timestamp | None = None
    estimate_minutes: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None


@app.post(PATH)
async def create(body: TaskCreation, owner: Owner) -> Response:
    row = await app.state.pool.fetchrow(
        STATEMENTS["create"], owner, 2**53 - 1, body.title, body.description, body.status, body.priority,
        body.due_date, body.estimate_minutes,
    )  # fmt: skip
    if row is None:
        raise HTTPException(403)
    return as_json(row["json"], 201, {"location": f'{PATH}/{row["id"]}', "etag": f'"{row["version"]}"'})


if __name__ == "__main__":
    uvicorn.run(
        app, host=os.environ["HOST"], port=int(os.environ["PORT"]), loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
