"""The staff bot, on python-telegram-bot."""

from handlers.staff.app import build_application
from handlers.staff.resume import redraw

__all__ = ["build_application", "redraw"]
