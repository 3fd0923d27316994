"""Addresses of all faces."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from urbangrid.config.authority import authority

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module))
    for prefix, module in (
        ("", "urbangrid.organizations.urls"),
        ("", "urbangrid.ui.urls"),
        ("", "urbangrid.live.urls"),
        ("", "urbangrid.workbench.urls"),
        ("phone/", "urbangrid.collection.urls"),
        ("company/", "urbangrid.companies.urls"),
        ("catalog/", "urbangrid.catalog.urls"),
        ("admin/", "urbangrid.administration.urls"),
        ("courses/", "urbangrid.courses.urls"),
        ("guide/", "urbangrid.guides.urls"),
        ("", "urbangrid.config.api_urls"),
    )
    if (settings.SOURCE.parent / (module.replace(".", "/") + ".py")).exists()
]
urlpatterns.append(path("authority.crt", authority, name="authority"))

handler404 = "urbangrid.ui.views.not_found"
handler500 = "urbangrid.ui.views.failed"
