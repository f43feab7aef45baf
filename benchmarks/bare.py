"""The baseline: a Starlette handler on the same server that parses the same JSON and stores nothing."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def take(request: Request) -> JSONResponse:
    posted = await request.json()
    return JSONResponse({"id": posted["id"], "fields": len(posted["answers"])}, 201)


app = Starlette(routes=[Route("/forms/{form}", take, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
