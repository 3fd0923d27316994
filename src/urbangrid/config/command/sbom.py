"""``sbom``: the bill of materials (CycloneDX 1.6, JSON) of what a running platform consists of, with licences.

1. Python packages: the locked ones of requirements/base.txt, each with the version that is installed here.
2. Libraries inside their wheels (GDAL, GEOS, PROJ, libpq, htmx), asked of the running ones.
3. Browser libraries: package-lock.json. 4. Debian packages that the command installs.

Needs the libraries of the tests; ``./urbangrid test`` installs them.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from urbangrid.config.command import places
from urbangrid.config.command.words import _, refuse, say

LOCK: Final = places.CHECKOUT / "requirements" / "base.txt"
BROWSER_LOCK: Final = places.CHECKOUT / "package-lock.json"
LICENCES: Final = places.CHECKOUT / "requirements" / "licences.toml"


@dataclass(frozen=True, slots=True)
class Part:
    """One component; ``licence`` is an SPDX expression, empty where none was found."""

    name: str
    version: str
    licence: str
    purl: str


def run(args: argparse.Namespace) -> int:
    """Write the bill to ``args.to``; 1 when a part lacks something or has a licence that is not allowed."""
    parts = collect()
    Path(args.to).write_text(bill(parts), encoding="utf-8")
    say(_("{count} 个组成部分写入 {file}。"), count=len(parts), file=args.to)
    for fault in (found := faults(parts)):
        say("  {fault}", fault=fault)
    return 1 if found else 0


def collect() -> list[Part]:
    """All parts, in the order of the list above."""
    known = tomllib.loads(LICENCES.read_text(encoding="utf-8"))
    return [*_python(known["python"]), *_inside(known["inside"]), *_browser(), *_debian(known["debian"])]


def locked(lock: Path = LOCK) -> dict[str, str]:
    """Name → version of the lock file."""
    found = re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def _python(licences: dict[str, str]) -> Iterator[Part]:
    for name, version in locked().items():
        told = licences.get(name, "")
        try:
            about: Any = metadata.metadata(name)
        except metadata.PackageNotFoundError:  # locked for another system, as tzdata for Windows
            yield Part(name, version, told, f"pkg:pypi/{name}@{version}")
            continue
        told = told or about.get("License-Expression") or about.get("License") or ""
        yield Part(name, about["Version"], told, f"pkg:pypi/{name}@{about['Version']}")


def _inside(licences: dict[str, str]) -> Iterator[Part]:
    import pyproj
    from django.contrib.gis.gdal.libgdal import gdal_version
    from django.contrib.gis.geos import geos_version
    from psycopg import pq

    script = (places.VENDOR / "htmx" / "htmx.min.js").read_text(encoding="utf-8")
    versions = {
        "GDAL": gdal_version().decode(), "GEOS": geos_version().decode().partition("-")[0], "PROJ": pyproj.proj_version_str,
        "libpq": f"{pq.version() // 10_000}.{pq.version() % 10_000}", "htmx": _first(r'version:"([\d.]+)"', script),
    }  # fmt: skip
    for name, version in versions.items():
        yield Part(name, version, licences.get(name, ""), f"pkg:generic/{name.lower()}@{version}")


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""


def _browser() -> Iterator[Part]:
    for place, row in json.loads(BROWSER_LOCK.read_text(encoding="utf-8"))["packages"].items():
        if place and not row.get("dev"):  # what tests alone use is no part of the product
            name = place.rpartition("node_modules/")[2]
            yield Part(name, row.get("version", ""), row.get("license", ""), f"pkg:npm/{name.replace('@', '%40')}@{row.get('version', '')}")


def _debian(licences: dict[str, str]) -> Iterator[Part]:
    """Those of the list that are installed here; another machine's bill names its own."""
    for name, licence in licences.items():
        command = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", name]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode == 0 and asked.stdout.startswith("ii "):
            version = asked.stdout[3:].strip()
            yield Part(name, version, licence, f"pkg:deb/debian/{name}@{version}")


def faults(parts: list[Part]) -> list[str]:
    """What is wrong with the bill: parts without version or licence, licences that are not allowed, versions beside the lock."""
    known = tomllib.loads(LICENCES.read_text(encoding="utf-8"))
    versions, found = locked(), []
    for part in parts:
        debian = part.purl.startswith("pkg:deb/")
        allowed = set(known["allowed"]) - (set() if debian or part.name == "libpq" else set(known["only_debian"]))
        if not (part.name and part.version and part.licence):
            found.append(f"{part.name} {part.version}: {_('没有版本或许可证')}")
        elif not may_use(part.licence, allowed):
            found.append(f"{part.name} {part.version}: {part.licence} {_('不在允许的许可证之列')}")
        if part.purl.startswith("pkg:pypi/") and versions.get(part.name) != part.version:
            found.append(f"{part.name} {part.version}: {_('与锁定的版本不同')} {versions.get(part.name)}")
    return found


def may_use(expression: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression can be met: of OR one side, of AND both."""
    from license_expression import ExpressionError  # type: ignore[import-untyped]

    try:
        told = _licensing().parse(expression, validate=True)
    except ExpressionError:
        return False
    return _met(told, allowed)


@cache
def _licensing() -> Any:
    """The SPDX list; reading it costs most of a second."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def _met(told: Any, allowed: set[str]) -> bool:
    if hasattr(told, "key"):
        return str(told.key) in allowed
    sides = [_met(one, allowed) for one in told.args]
    return any(sides) if type(told).__name__ == "OR" else all(sides)


def bill(parts: list[Part]) -> str:
    """The bill as CycloneDX JSON."""
    try:
        from cyclonedx.contrib.license.factories import LicenseFactory
        from cyclonedx.model.bom import Bom
        from cyclonedx.model.component import Component, ComponentType
        from cyclonedx.output import make_outputter
        from cyclonedx.schema import OutputFormat, SchemaVersion
        from packageurl import PackageURL
    except ModuleNotFoundError:
        refuse(_("这里没有安装清单工具。请先运行一次 ./urbangrid test，再试。"))
    made = Bom()
    made.metadata.component = Component(name="urbangrid", version=metadata_version(), type=ComponentType.APPLICATION)
    for part in parts:
        licences = [LicenseFactory().make_from_string(part.licence)] if part.licence else []
        purl = PackageURL.from_string(part.purl)
        made.components.add(
            Component(name=part.name, version=part.version, type=ComponentType.LIBRARY, licenses=licences, purl=purl, bom_ref=part.purl)
        )
    made.register_dependency(made.metadata.component, list(made.components))
    return make_outputter(made, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)


def metadata_version() -> str:
    """Version of the platform, from pyproject.toml."""
    return str(tomllib.loads((places.CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")).get("project", {}).get("version", "0"))
