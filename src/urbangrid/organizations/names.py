"""What a platform calls its centre and who holds a duty there: sentences say who has to act in the words of the installation."""

from __future__ import annotations

from django.utils.translation import gettext as _

from urbangrid.core.shipped import shipped
from urbangrid.organizations import queries

JOINT = "joint_centre"


def centre(platform_id: int, axis: str = "supervision") -> str:
    """监督指挥中心, 监督中心, 网格中心: the joint centre where there is one, else the centre of the axis (``supervision`` or ``command``);
    empty where the platform has neither."""
    names = {one.kind: one.short_name for one in reversed(queries.any_units(platform_id)) if one.kind in (JOINT, axis)}
    return shipped(names.get(JOINT) or names.get(axis, ""))


def holders(platform_id: int, duty: str) -> str:
    """值班主任, 值班长: the posts whose holders have a duty now."""
    return _("或").join(shipped(name) for name in queries.post_names(platform_id, duty)) or _("有此职责的人")
