"""Runs the preview until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from pathlib import Path

import uvicorn

from site_builder.forms.model.errors import SiteError
from site_builder.preview.app import TryOut, create_app
from site_builder.preview.live import Live, Report
from site_builder.preview.watching import follow
from site_builder.publishing.mkdocs_log import quiet_mkdocs

TIME_TO_FINISH = 1  # second for open requests; event streams would never end


class NoPort(SiteError):
    """The preview cannot listen on its host and port."""


class NoSettings(SiteError):
    """There is no settings file; mistakes in settings are shown on the pages instead."""


def run_preview(config: Path, host: str, port: int, try_out: TryOut, report: Report) -> None:
    """Build the site into a temporary folder, serve it, and update it at every save until Ctrl-C.

    Raises NoSettings and NoPort.
    """
    if not config.exists():
        raise NoSettings(f"There is no file '{config}'. Name the site's settings with --config.")
    with _listen(host, port) as listener, tempfile.TemporaryDirectory(prefix="homeward-preview-") as folder:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listener.getsockname()[1]}/"
        with quiet_mkdocs(), contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(config, Path(folder), address, host, listener, try_out, report))


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise NoPort(f"Port {port} of {host} cannot be had ({error.strerror}). Choose another with --port.") from error


async def _run(
    config: Path, folder: Path, address: str, host: str, listener: socket.socket, try_out: TryOut, report: Report
) -> None:
    live = Live(config, folder, address, report)
    await live.build()
    report(f"The preview is at {address} and follows every save. Stop with Ctrl-C.")
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(live, try_out, host),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=TIME_TO_FINISH,
        )
    )
    stop = asyncio.Event()
    tasks = [asyncio.create_task(live.build_when_wanted()), asyncio.create_task(follow(live, stop))]

    def end(task: asyncio.Task[None]) -> None:
        """Stop the server when a task fails: a preview that no longer updates must not look alive."""
        if not task.cancelled() and (error := task.exception()):
            report(f"The preview cannot go on: {error}")
            server.should_exit = True

    for task in tasks:
        task.add_done_callback(end)
    try:
        await server.serve(sockets=[listener])
    finally:
        stop.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if live.site:
            live.site.close()
