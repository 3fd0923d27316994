"""Static files under names with a hash, so that browsers keep them for a year and a new release is seen at once."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedFiles(ManifestStaticFilesStorage):
    """Also rewrites the imports between ES modules: without it a page would load one module under two names."""

    support_js_module_import_aggregation = True


class OwnFiles(AppDirectoriesFinder):
    """Files of the platform's own packages; what libraries bring is copied to ``vendor`` by name or not served."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        own = [app.name for app in apps.get_app_configs() if app.name.startswith("urbangrid.")]
        super().__init__(own, *args, **kwargs)
