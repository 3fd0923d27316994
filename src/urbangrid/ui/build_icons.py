"""The icon sheet: one CSS class per icon in ``icons.txt``, drawn as a mask so that an icon takes the colour of its text.

Run by the front-end step with the icon package at hand; the sheet lies in ``vendor`` and is not kept in the repository.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

NAMES = Path(__file__).with_name("icons.txt")


def names() -> list[str]:
    """Icon names, one per line; ``-f`` at the end asks for the filled form."""
    lines = (line.strip() for line in NAMES.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def build(source: Path, sheet: Path) -> None:
    """Write the sheet from the package's ``outline`` and ``filled`` folders. Raises FileNotFoundError for an unknown name."""
    rules = [_rule(source, name) for name in names()]
    sheet.write_text("\n".join(rules) + "\n", encoding="utf-8")


def _rule(source: Path, name: str) -> str:
    filled = name.endswith("-f")
    path = source / ("filled" if filled else "outline") / f"{name.removesuffix('-f')}.svg"
    svg = " ".join(part.strip() for part in path.read_text(encoding="utf-8").splitlines() if not part.startswith(("<!--", "-->")))
    svg = svg[svg.index("<svg") :].replace("currentColor", "#000").replace('"', "'")
    address = quote(svg, safe=" =:/'(),.-")
    return f'.i-{name} {{ --i: url("data:image/svg+xml,{address}"); }}'
