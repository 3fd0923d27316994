"""Units below a unit (case-rules 12): their share of the limit and their answer; the posts for it; companies get their own face."""

from typing import Any

from django.db import migrations, models

POSTS = (
    ("station_clerk", "站所内勤", "station", "workbench", "station"),
    ("crew_member", "班组长", "crew", "collection", "crew"),
    ("company_crew", "企业班组长", "crew", "companies", "company"),
)


def posts_below(apps: Any, schema_editor: Any) -> None:
    """The posts of stations and crews for every platform that has departments' clerks; companies leave the workbench."""
    from urbangrid.core.ids import new_id

    post = apps.get_model("organizations", "Post")
    post.objects.filter(desk="company").update(face="companies")
    for platform in post.objects.filter(code="department_clerk").values_list("platform_id", flat=True):
        for code, name, kind, face, desk in POSTS:
            if not post.objects.filter(platform_id=platform, code=code).exists():
                post.objects.create(
                    id=new_id(), platform_id=platform, code=code, name=name, unit_kinds=[kind], face=face, desk=desk, duties=["dispose"]
                )


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_post_unit_kinds")]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="answers_directly",
            field=models.BooleanField(default=False, help_text="else the unit above looks at its answer first (自审)"),
        ),
        migrations.AddField(
            model_name="unit",
            name="share_percent",
            field=models.PositiveSmallIntegerField(
                default=80, help_text="of what is left of the limit, for a task from the unit above"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("share_percent__gte", 1), ("share_percent__lte", 100)), name="share_1_to_100"
            ),
        ),
        migrations.RunPython(posts_below, migrations.RunPython.noop),
    ]
