"""The owner of the event loop and its background tasks: keeps them, reports how they end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

_log = structlog.get_logger(__name__)
_running: set[asyncio.Task[Any]] = set()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run something to its end on uvloop, where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def spawn(work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
    """Run something beside us; a fault is logged by its kind, never by its words."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (fault := task.exception()) is not None:
        _log.error("task_failed", task=task.get_name(), fault=type(fault).__name__)


async def stop(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it is gone."""
    if task is None or task.done():
        return
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
