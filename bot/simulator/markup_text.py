"""What both parse modes share: UTF-16 lengths and the parse error."""


class EntityError(ValueError):
    """Formatting that Telegram cannot parse; the text is the end of its description."""


def utf16_len(text: str) -> int:
    """Count UTF-16 code units, the unit of every Telegram length and offset."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
