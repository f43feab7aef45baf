"""One Datasette per caseload, opened on the first request and closed completely when idle."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from importlib.resources import files
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils.asgi import Request
from datasette.views.database import DatabaseView
from datasette.views.row import RowView
from datasette.views.table import TableView
from jinja2 import Environment
from starlette.types import Receive, Scope, Send

from collector.caseload.schema import is_migrated
from collector.clinic_time import ClinicZone
from collector.ledger.access import Access, Caseload
from collector.ledger.ledger import Ledger
from collector.review import failures, plugin
from collector.review.caseload_context import DATABASE, CaseloadContext
from collector.review.database import CaseloadDatabase
from collector.review.headers import make_strict
from collector.review.paging import CaseloadQueries, CaseloadRow, CaseloadTable
from collector.review.queries import Queries, asking
from collector.review.statements import read_in_one_way
from collector.secrets import derive
from collector.settings import Settings
from collector.storage import DatabaseFile, Storage
from site_builder.command_line import command

MOST_OPEN = 64  # instances; each takes two threads, three open files and some memory
IDLE = 15 * 60.0  # seconds without a request after which an instance is closed
SETTINGS: dict[str, Any] = {
    "num_sql_threads": 2,  # per instance: Datasette caches a thread's connections by database name alone
    "allow_download": False,
    "cache_size_kb": 0,  # CaseloadDatabase sets its own
    "default_cache_ttl": 0,
    "facet_time_limit_ms": 200,
    "max_csv_mb": 0,  # a spreadsheet holds all rows
    "max_returned_rows": 1_000,
    "sql_time_limit_ms": 1_000,
    "suggest_facets": True,
    "truncate_cells_html": 0,  # cells.py cuts them, and says so
}
OURS = {TableView: CaseloadTable, RowView: CaseloadRow, DatabaseView: CaseloadQueries}  # in the place of Datasette's

read_in_one_way()
# Datasette's own handler prints exceptions, with local variables if it can.
if pm.get_plugin(failures.REPLACED) is not None:
    pm.unregister(name=failures.REPLACED)
for _name, _module in (("homeward", plugin), ("homeward-failures", failures)):
    if not pm.is_registered(_module):
        pm.register(_module, name=_name)


class CaseloadDatasette(Datasette):  # type: ignore[misc]  # Datasette carries no types
    """A Datasette with one file only: no `_memory`, no `_internal`, and so no thread that writes to it."""

    context: CaseloadContext

    def __init__(
        self, context: CaseloadContext, secret: str, queries: Queries, templates: Environment | None = None
    ) -> None:
        base = {"base_url": f"/c/{context.caseload.id}/", "force_https_urls": context.settings.https}
        own = files("collector.review").joinpath("templates", "datasette")
        super().__init__(settings=SETTINGS | base, secret=secret, template_dir=str(own), cache_headers=False)
        self.context = context
        self.databases.clear()
        self.add_database(CaseloadDatabase(self, context.file, queries), name=DATABASE)
        if templates is not None:
            self.jinja_env = templates
        make_strict(self.jinja_env)
        self.jinja_env.globals["command"] = command

    async def refresh_schemas(self) -> None:
        """Do nothing: there is no `_internal` database to update."""

    def absolute_url(self, request: Request, path: str) -> str:
        """Return a path below the caseload as an address; Datasette forgets its prefix in the links of facets."""
        return str(super().absolute_url(request, self.urls.path(path)))

    def _routes(self) -> list[tuple[Any, Any]]:
        routes = super()._routes()
        return [(path, self._ours(view)) for path, view in routes]

    def _ours(self, view: Any) -> Any:
        ours = OURS.get(getattr(view, "view_class", None))
        return ours.as_view(self) if ours else view

    def close(self) -> None:
        """End its threads and close its files, after waiting for our own running queries (a second at most)."""
        self.executor.shutdown(wait=True)
        self.get_database(DATABASE).close()
        self.context.close()


class Instance:
    """An open Datasette, and the number of requests it is answering."""

    def __init__(self, datasette: CaseloadDatasette) -> None:
        self.datasette = datasette
        self.app = datasette.app()
        self.ready = asyncio.Lock()
        self.busy = 0
        self.used = time.monotonic()

    async def start(self) -> None:
        """Run Datasette's startup, which does nothing if it has run; safe for concurrent requests."""
        async with self.ready:
            await self.datasette.invoke_startup()


class Instances:
    """Opens instances on demand and closes idle ones. Belongs to one event loop."""

    def __init__(
        self, settings: Settings, secret: bytes, ledger: Ledger, access: Access, most: int = MOST_OPEN
    ) -> None:
        self._settings, self._storage = settings, Storage(settings)
        self._secret = secret
        self._ledger = ledger
        self._zone = ClinicZone(settings.site)
        self._access = access
        self._most = most
        self.queries = Queries()  # started when first asked
        self._open: OrderedDict[str, Instance] = OrderedDict()  # the least recently used first
        self._templates: Environment | None = None  # compiled once, for all instances

    def __len__(self) -> int:
        return len(self._open)

    def file(self, caseload: Caseload) -> DatabaseFile:
        return self._storage.caseloads.file(caseload.id)

    def has_file(self, caseload: Caseload) -> bool:
        """Return whether the projector has created the caseload's file yet."""
        return self.file(caseload).exists()

    def is_ready(self, caseload: Caseload) -> bool:
        """Return whether the caseload can be shown: after an upgrade, not until the projector has migrated its file."""
        return caseload.id in self._open or is_migrated(self.file(caseload))

    async def answer(self, caseload: Caseload, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with the caseload's Datasette. The caller has checked access."""
        instance = self._open.get(caseload.id) or self._add(caseload)
        self._open.move_to_end(caseload.id)
        instance.busy += 1  # no await since the look-up, so it cannot have been closed
        asking.set(str(scope.get("actor", {}).get("person", "")))
        try:
            await self._close(self._surplus())
            await instance.start()
            await instance.app(scope, receive, send)
        finally:
            instance.busy -= 1
            instance.used = time.monotonic()

    async def close_idle(self, idle: float = IDLE) -> None:
        """Close instances without a request for so many seconds."""
        long_ago = time.monotonic() - idle
        await self._close(
            [id for id, instance in self._open.items() if not instance.busy and instance.used <= long_ago]
        )

    async def close(self) -> None:
        """End the processes that answer queries, then close all instances that are not busy."""
        await self.queries.close()
        await self.close_idle(0)

    def _add(self, caseload: Caseload) -> Instance:
        context = CaseloadContext(caseload, self.file(caseload), self._settings, self._ledger, self._access, self._zone)
        secret = derive(self._secret, f"datasette {caseload.id}").hex()
        instance = Instance(CaseloadDatasette(context, secret, self.queries, self._templates))
        self._templates = instance.datasette.jinja_env
        self._open[caseload.id] = instance
        return instance

    def _surplus(self) -> list[str]:
        """Return the least recently used instances beyond the limit that are not busy."""
        too_many = len(self._open) - self._most
        return [id for id, instance in self._open.items() if not instance.busy][: max(too_many, 0)]

    async def _close(self, ids: list[str]) -> None:
        """Close instances, removing all of them first, so that no request gets one that is closing."""
        for datasette in [self._open.pop(id).datasette for id in ids]:
            await asyncio.to_thread(datasette.close)
