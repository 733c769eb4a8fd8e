"""Parsing into entities and rendering for the page."""

import pytest

from bot.simulator.entities import detect, formatted
from bot.simulator.render import to_html

CASES = [
    ("<b>a</b>", "HTML", "a", [("bold", 0, 1)]),
    ("😀<i>b</i>", "HTML", "😀b", [("italic", 2, 1)]),
    ("&lt;b&gt; &amp;&quot; &#39; &nbsp;", "HTML", "<b> &\" ' &nbsp;", []),
    ("<b>a<i>b</i></b>", "HTML", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
    ("  <b> a </b>  ", "HTML", "a", [("bold", 0, 1)]),
    ('<a href="https://x.org/?a=1&amp;b=2">t</a>', "HTML", "t", [("text_link", 0, 1)]),
    ('<pre><code class="language-py">x</code></pre>', "HTML", "x", [("pre", 0, 1)]),
    ("<blockquote expandable>q</blockquote>", "HTML", "q", [("expandable_blockquote", 0, 1)]),
    ('<span class="tg-spoiler">s</span>', "HTML", "s", [("spoiler", 0, 1)]),
    ("<TG-SPOILER>s</tg-spoiler>", "HTML", "s", [("spoiler", 0, 1)]),
    ("<b></b>x", "HTML", "x", []),
    (
        "*a* _b_ __c__ ~d~ ||e||",
        "MarkdownV2",
        "a b c d e",
        [
            ("bold", 0, 1),
            ("italic", 2, 1),
            ("underline", 4, 1),
            ("strikethrough", 6, 1),
            ("spoiler", 8, 1),
        ],
    ),
    (
        r"1\. a\-b `x*y` [t](https://x\.org)",
        "MarkdownV2",
        "1. a-b x*y t",
        [("code", 7, 3), ("text_link", 11, 1)],
    ),
    ("```py\nx = 1```", "MarkdownV2", "x = 1", [("pre", 0, 5)]),
    (">quote\nrest", "MarkdownV2", "quote\nrest", [("blockquote", 0, 5)]),
    ("*a* [t](https://x.org) .", "Markdown", "a t .", [("bold", 0, 1), ("text_link", 2, 1)]),
]


@pytest.mark.parametrize(("source", "mode", "text", "entities"), CASES)
def test_parse_modes(
    source: str, mode: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    parsed, found = formatted(source, mode, None)
    assert parsed == text
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


def test_telegram_finds_commands_and_links_by_itself() -> None:
    text = "/start@handrail_bot 见 https://a.org/b?c=1, me@b.cn @ann_a #考试 1/2"
    found = [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in detect(text, [])]
    assert found == [
        ("bot_command", "/start@handrail_bot"),
        ("url", "https://a.org/b?c=1"),
        ("email", "me@b.cn"),
        ("mention", "@ann_a"),
        ("hashtag", "#考试"),
    ]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"],
)
def test_page_html_is_escaped(text: str) -> None:
    for kind in ("bold", "url", "text_link", "pre", "spoiler"):
        entity = {"type": kind, "offset": 0, "length": len(text), "url": text}
        html = to_html(text, [entity])
        assert "<script" not in html and "<img" not in html
        assert 'href="javascript' not in html


def test_crossing_entities_still_nest() -> None:
    entities = [
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "italic", "offset": 2, "length": 3},
    ]
    assert to_html("abcde", entities) == "<b>ab<i>c</i></b>de"
