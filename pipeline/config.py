"""Settings, read once at the start and passed down; nothing below the command line looks at the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_DATABASE = f"sqlite:///{ROOT / 'data' / 'processed' / 'congvan.sqlite'}"


@dataclass(frozen=True, slots=True)
class Config:
    """One run's settings.

    Attributes:
        database: SQLAlchemy URL of the store.
        max_bytes: Larger files are quarantined unread.
        max_pages: Files with more pages are quarantined unread.
        max_pixels: Per page, checked before an image is decoded.
        max_seconds: Longest time that reading one file may take.
    """

    database: str = DEFAULT_DATABASE
    max_bytes: int = 200_000_000
    max_pages: int = 500
    max_pixels: int = 120_000_000
    max_seconds: float = 1800.0


_LIMITS = {
    "CONGVAN_MAX_BYTES": "max_bytes",
    "CONGVAN_MAX_PAGES": "max_pages",
    "CONGVAN_MAX_PIXELS": "max_pixels",
    "CONGVAN_MAX_SECONDS": "max_seconds",
}


def load(environ: Mapping[str, str], *, database: str | None = None) -> Config:
    """Settings from the environment; `database` (the command's own option) wins over CONGVAN_DATABASE.

    A database given as a plain path means a SQLite file.

    Raises:
        ConfigError: if a limit is not a positive number.
    """
    limit = {name: _positive(key, environ[key]) for key, name in _LIMITS.items() if environ.get(key)}
    default = Config()
    return Config(
        database=_url(database or environ.get("CONGVAN_DATABASE") or DEFAULT_DATABASE),
        max_bytes=int(limit.get("max_bytes", default.max_bytes)),
        max_pages=int(limit.get("max_pages", default.max_pages)),
        max_pixels=int(limit.get("max_pixels", default.max_pixels)),
        max_seconds=limit.get("max_seconds", default.max_seconds),
    )


def _positive(variable: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if value <= 0:
        raise ConfigError(f"{variable}={text!r} is not a positive number")
    return value


def _url(text: str) -> str:
    if "://" not in text:
        return f"sqlite:///{Path(text).expanduser().resolve()}"
    if text.startswith(("postgres://", "postgresql://")):
        # psycopg 3 is the driver that the project installs; a bare URL would ask for psycopg2
        return "postgresql+psycopg://" + text.split("://", 1)[1]
    return text
