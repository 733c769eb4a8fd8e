"""A PostgreSQL that is not there yet: nothing listens at its port until it comes up."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import sqlalchemy as sa


def free_port():
    """A port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class LateServer:
    """Its address, and the moment from which it answers there."""

    def __init__(self, url):
        self._there = sa.make_url(url)
        self._port = free_port()
        here = self._there.set(host="127.0.0.1", port=self._port)
        self.url = here.render_as_string(hide_password=False)
        self._server = None

    async def comes_up(self):
        """From here on it is the real one."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._port)

    async def close(self):
        """Nobody joins any more."""
        if self._server is not None:
            self._server.close()

    async def _join(self, reader, writer):
        there = await asyncio.open_connection(self._there.host, self._there.port or 5432)
        await asyncio.gather(_pass(reader, there[1]), _pass(there[0], writer))


async def _pass(reader, writer):
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()
