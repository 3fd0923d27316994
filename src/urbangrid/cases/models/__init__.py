"""Tables of cases. Only this package imports them; others use ``cases.queries`` and ``cases.actions`` (import contract)."""

from urbangrid.cases.models.case import Case, CaseAccess, CaseReport, Draft, NamedHandler, NumberSeries
from urbangrid.cases.models.daily import DailySheet
from urbangrid.cases.models.export import Export, SavedSearch
from urbangrid.cases.models.kin import CaseRelation, ClosingAuthorisation, SelfDisposal, SelfDisposalDraw
from urbangrid.cases.models.plan import Plan, PlanEffect
from urbangrid.cases.models.process import ProcessDefinition, ProcessDraft, ProcessRun
from urbangrid.cases.models.record import CaseRecord, RecordFile, RecordSecret
from urbangrid.cases.models.remark import Remark, RemarkRead
from urbangrid.cases.models.report import Report, ReportFile
from urbangrid.cases.models.request import CaseRequest
from urbangrid.cases.models.weekly import WeeklySheet
from urbangrid.cases.models.work import Clock, WorkItem

__all__ = [
    "Case",
    "CaseAccess",
    "CaseRecord",
    "CaseRelation",
    "CaseReport",
    "CaseRequest",
    "Clock",
    "ClosingAuthorisation",
    "DailySheet",
    "Draft",
    "Export",
    "NamedHandler",
    "NumberSeries",
    "Plan",
    "PlanEffect",
    "ProcessDefinition",
    "ProcessDraft",
    "ProcessRun",
    "RecordFile",
    "RecordSecret",
    "Remark",
    "RemarkRead",
    "Report",
    "ReportFile",
    "SavedSearch",
    "SelfDisposal",
    "SelfDisposalDraw",
    "WeeklySheet",
    "WorkItem",
]
