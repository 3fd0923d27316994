"""Addresses of the catalogue, under ``catalog/``."""

from __future__ import annotations

from django.urls import path

from urbangrid.catalog.views import companies, handbook, law, regulations, responsibility, sources

app_name = "catalog"
urlpatterns = [
    path("categories.json", handbook.categories, name="categories"),
    path("categories/<int:category_id>/", handbook.category, name="category"),
    path("handbook/", handbook.handbook_page, name="handbook"),
    path("handbook/import/", handbook.handbook_import, name="handbook_import"),
    path("handbook.xlsx", handbook.handbook_file, name="handbook_file"),
    path("responsibility/", responsibility.table, name="responsibility"),
    path("responsibility/import/", responsibility.preview, name="responsibility_import"),
    path("responsibility/import/apply/", responsibility.apply, name="responsibility_apply"),
    path("responsibility/sample/", responsibility.sample, name="responsibility_sample"),
    path("responsibility/unsettled/", responsibility.unsettled, name="unsettled"),
    path("responsibility/new/", responsibility.new, name="new_responsibility"),
    path("responsibility/<int:row_id>/", responsibility.edit, name="responsibility_row"),
    path("responsibility/<int:row_id>/retire/", responsibility.retire, name="retire_responsibility"),
    path("responsibility.xlsx", responsibility.file, name="responsibility_file"),
    path("companies/", companies.register, name="companies"),
    path("companies/new/", companies.new, name="new_company"),
    path("companies/<int:company_id>/", companies.edit, name="company"),
    path("law/", law.table, name="law"),
    path("law/import/", law.preview, name="law_import"),
    path("law/import/apply/", law.apply, name="law_apply"),
    path("law.xlsx", law.file, name="law_file"),
    path("regulations/", regulations.listed, name="regulations"),
    path("regulations/new/", regulations.new, name="new_document"),
    path("regulations/<int:document_id>/", regulations.document, name="document"),
    path("regulations/<int:document_id>/file/", regulations.file, name="document_file"),
    path("regulations/<int:document_id>/revise/", regulations.revise, name="revise_document"),
    path("regulations/<int:document_id>/take-out/", regulations.take_out, name="take_out_document"),
    path("regulations/<int:document_id>/classes/", regulations.apply_to, name="document_classes"),
    path("sources/", sources.sources_page, name="sources"),
    path("sources/<slug:code>/", sources.change_source, name="change_source"),
    path("sources.xlsx", sources.sources_file, name="sources_file"),
    path("sources-import/", sources.sources_import, name="sources_import"),
    path("lines/", sources.change_line, name="change_line"),
    path("lines.xlsx", sources.lines_file, name="lines_file"),
    path("lines-import/", sources.lines_import, name="lines_import"),
]
