"""How callers of the services ask for lists: the words of ``ports.search``, for rooms that may not import ports."""

from lanner.ports.search import MAX_PAGE_SIZE, Filter, Operator, Page, Query, Sort, UnsupportedFilter

__all__ = ["MAX_PAGE_SIZE", "Filter", "Operator", "Page", "Query", "Sort", "UnsupportedFilter"]
