"""Static files under names with a hash, so that browsers keep them for a year and a new release is seen at once."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedFiles(ManifestStaticFilesStorage):
    """Also rewrites the imports between ES modules: without it a page would load one module under two names."""

    support_js_module_import_aggregation = True
