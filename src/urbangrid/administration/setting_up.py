"""An organisational model in one step: units, posts, duties and the workflow together (HD-2.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from urbangrid.cases import processes
from urbangrid.cases.process import Process
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations import installing
from urbangrid.organizations.installing import Body, Installed


@dataclass(frozen=True, slots=True)
class Model:
    """What stands after the step."""

    organisation: Installed
    process: Process


@transaction.atomic
def set_up(
    platform: Platform, code: str, *, subdistricts: Sequence[Division], departments: Sequence[Body], companies: Sequence[Body],
    communities: Sequence[Division] = (),
) -> Model:  # fmt: skip
    """Install the preset ``code``: its units and posts, then its process, checked against the duties that the posts hold.

    Nothing is kept when any part is refused. Raises Refusal ``preset_unknown``, ``unit_code_taken``, ``process_faulty``.
    """
    organisation = installing.install(
        platform, code, subdistricts=subdistricts, departments=departments, companies=companies, communities=communities
    )
    definition = processes.publish(platform, processes.preset(code), installing.held_duties(platform))
    return Model(organisation, processes.process_of(definition.pk))
