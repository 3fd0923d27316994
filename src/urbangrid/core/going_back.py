"""The word that a training copy shall go back to its start: a file in its data folder, read by its supervisor (config.command)."""

from __future__ import annotations

from pathlib import Path

REQUEST, FAILED = "reset.request", "reset.failed"


def ask(data: Path) -> None:
    """Leave word for the supervisor that looks after the copy in ``data``; left twice it is one. Raises OSError."""
    (data / FAILED).unlink(missing_ok=True)
    (data / REQUEST).touch(mode=0o600)


def is_asked(data: Path) -> bool:
    """Whether somebody waits for it."""
    return (data / REQUEST).exists()


def failed(data: Path, why: str) -> None:
    """Tell whoever waits that it could not be done; the word stays, so that the next start tries again."""
    (data / FAILED).write_text(why, encoding="utf-8")


def why_failed(data: Path) -> str:
    """The last failure since somebody asked; empty where there was none."""
    path = data / FAILED
    return path.read_text(encoding="utf-8") if path.exists() else ""


def answered(data: Path) -> None:
    """It is done: whoever waits goes on."""
    (data / REQUEST).unlink(missing_ok=True)
