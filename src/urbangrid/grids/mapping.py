"""The mapping file of an import (TOML; example: docs/examples/beijing-subdistricts.toml), read into frozen values and
checked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from urbangrid.core.errors import Refusal
from urbangrid.core.geometry import DEFAULT_METRIC_SRID
from urbangrid.grids import coding

POLYGON_LEVELS: Final = ("district", "subdistrict", "community")


@dataclass(frozen=True, slots=True)
class LayerMapping:
    """Which properties of a boundary file hold what. Empty property names: the file has none."""

    when: tuple[str, ...]
    level: str
    name: str
    code: str
    district: str
    district_code: str
    parent_code: str
    add_missing: bool
    add_below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """Which columns of a code table hold what; ``parent`` may be empty where the code's beginning names it."""

    file: str
    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class DivisionMapping:
    """A whole mapping file."""

    title: str
    crs: str
    districts: tuple[str, ...]
    city_code: str
    city_name: str
    platform_code: str
    zone_name: str
    metric_srid: int
    layers: tuple[LayerMapping, ...]
    codes_folder: str
    codes_prefix: str
    tables: dict[str, TableMapping]
    endings: tuple[str, ...]
    provisional: bool
    names: dict[str, dict[str, str]]

    def layer_for(self, properties: Iterable[str]) -> LayerMapping | None:
        """The first layer whose properties are all there."""
        found = set(properties)
        return next((layer for layer in self.layers if found.issuperset(layer.when)), None)

    def stem(self, name: str) -> str:
        """The name without its ending (街道, 地区, 镇 …), for comparison only; a name that is nothing but an ending
        stays.
        """
        for ending in sorted(self.endings, key=len, reverse=True):
            if name.endswith(ending) and len(name) > len(ending):
                return name.removesuffix(ending)
        return name


class _Reader:
    """Takes typed values out of the parsed file; whatever lacks or has the wrong type is refused by its full key."""

    def __init__(self, path: Path, values: dict[str, Any], prefix: str = "") -> None:
        self.path, self.values, self.prefix = path, values, prefix

    def refuse(self, key: str) -> Refusal:
        return Refusal("grids.mapping_incomplete", path=self.path.name, key=self.prefix + key)

    def take(self, key: str, kind: type[Any], default: Any = None) -> Any:
        value = self.values.get(key, default)
        if not isinstance(value, kind):
            raise self.refuse(key)
        return value

    def words(self, key: str) -> tuple[str, ...]:
        found = self.take(key, list, [])
        if not all(isinstance(word, str) for word in found):
            raise self.refuse(key)
        return tuple(found)

    def part(self, key: str, default: dict[str, Any] | None = None) -> _Reader:
        return _Reader(self.path, self.take(key, dict, default), f"{self.prefix}{key}.")


def read_mapping(path: Path) -> DivisionMapping:
    """The mapping in ``path``. Raises Refusal when it is missing, is no TOML, or lacks something; the key is named."""
    if not path.is_file():
        raise Refusal("grids.file_missing", path=str(path))
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal("grids.mapping_unreadable", path=path.name, reason=str(error)) from error
    whole = _Reader(path, values)
    source, city, codes, join = (whole.part(key, {}) for key in ("source", "city", "codes", "join"))
    city_code = city.take("code", str)
    if not coding.is_division_code("city", city_code):
        raise city.refuse("code")
    return DivisionMapping(
        title=source.take("title", str),
        crs=source.take("crs", str, ""),
        districts=source.words("districts"),
        city_code=city_code,
        city_name=city.take("name", str),
        platform_code=city.take("platform", str, city_code),
        zone_name=city.take("zone", str, "Asia/Shanghai"),
        metric_srid=city.take("metric_srid", int, DEFAULT_METRIC_SRID),
        layers=tuple(_layer(whole, number, row) for number, row in enumerate(whole.take("layers", list, []), 1)),
        codes_folder=codes.take("folder", str),
        codes_prefix=codes.take("prefix", str),
        tables={level: _table(codes.part(level)) for level in POLYGON_LEVELS if level in codes.values},
        endings=join.words("endings"),
        provisional=_choice(join, "unmatched", ("provisional", "refuse")) == "provisional",
        names=_names(whole.part("names", {})),
    )


def _layer(whole: _Reader, number: int, row: Any) -> LayerMapping:
    if not isinstance(row, dict):
        raise whole.refuse("layers")
    reader = _Reader(whole.path, row, f"layers[{number}].")
    below = reader.words("add_below")
    if not set(below) <= set(POLYGON_LEVELS):
        raise reader.refuse("add_below")
    return LayerMapping(
        when=reader.words("when"),
        level=_choice(reader, "level", POLYGON_LEVELS),
        name=reader.take("name", str),
        code=reader.take("code", str, ""),
        district=reader.take("district", str, ""),
        district_code=reader.take("district_code", str, ""),
        parent_code=reader.take("parent_code", str, ""),
        add_missing=reader.take("add_missing", bool, False),
        add_below=below,
    )


def _table(reader: _Reader) -> TableMapping:
    return TableMapping(
        file=reader.take("file", str),
        code=reader.take("code", str),
        name=reader.take("name", str),
        parent=reader.take("parent", str, ""),
    )


def _choice(reader: _Reader, key: str, allowed: tuple[str, ...]) -> str:
    value = reader.take(key, str)
    if value not in allowed:
        raise reader.refuse(key)
    return str(value)


def _names(reader: _Reader) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for district in reader.values:
        part = reader.part(district)
        names[district] = {name: part.take(name, str) for name in part.values}
    return names
