"""Run the simulator alone: `python -m bot.simulator --port N --data DIR`."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bot import tasks
from bot.simulator.simulator import Simulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 picks a free one")
    parser.add_argument("--data", type=Path, help="folder to keep chats and counters in")
    parser.add_argument("--no-limits", action="store_true", help="lift Telegram's flood limits")
    parser.add_argument("--control-token", help="wanted in X-Control-Token by /sim/ addresses")
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--bot",
        action="append",
        default=[],
        metavar="TOKEN,USERNAME,NAME[,KEY]",
        help="add a bot; may be given several times",
    )
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    sim = Simulator(
        arguments.data,
        limits=not arguments.no_limits,
        seed=arguments.seed,
        control_token=arguments.control_token,
    )
    for item in arguments.bot:
        token, username, name, *key = item.split(",")
        sim.add_bot(token, username, name, key=key[0] if key else None)
    await sim.start(arguments.host, arguments.port)
    # The one line a parent process reads to learn the port.
    sys.stdout.write(f"{sim.url}\n")
    sys.stdout.flush()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    await sim.stop()


def main() -> int:
    """Serve until told to stop; 1 when the address cannot be bound."""
    try:
        tasks.run(_run(_arguments()))
    except OSError as error:
        sys.stderr.write(f"cannot listen: {error.strerror or error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
