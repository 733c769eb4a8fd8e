"""The student bot, on aiogram and aiogram-dialog."""

from handlers.student.app import build_dispatcher
from handlers.student.talk import redraw

__all__ = ["build_dispatcher", "redraw"]
