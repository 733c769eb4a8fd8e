"""A Bot API server for tests, benchmarks and the demo, strict where Telegram is strict."""

from bot.simulator.errors import ApiError, SimulatorError
from bot.simulator.faults import Faults
from bot.simulator.model import (
    ApiRequest,
    Button,
    Group,
    PageConfig,
    Person,
    SimMessage,
)
from bot.simulator.simulator import Simulator

__all__ = [
    "ApiError",
    "ApiRequest",
    "Button",
    "Faults",
    "Group",
    "PageConfig",
    "Person",
    "SimMessage",
    "Simulator",
    "SimulatorError",
]
