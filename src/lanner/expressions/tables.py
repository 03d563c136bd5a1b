"""All filters, functions and tests by name."""

from types import MappingProxyType
from typing import Final

from lanner.expressions.filters import collections as collection_filters
from lanner.expressions.filters import data as data_filters
from lanner.expressions.filters import dates as date_filters
from lanner.expressions.filters import encoding as encoding_filters
from lanner.expressions.filters import numbers as number_filters
from lanner.expressions.filters import text as text_filters
from lanner.expressions.functions import data as data_functions
from lanner.expressions.functions import executions as execution_functions
from lanner.expressions.functions import moments as moment_functions
from lanner.expressions.functions import outside as outside_functions
from lanner.expressions.functions import random as random_functions
from lanner.expressions.functions import values as value_functions
from lanner.expressions.registry import Feature
from lanner.expressions.tests import values as value_tests

_FILTERS = (
    *text_filters.FILTERS,
    *encoding_filters.FILTERS,
    *collection_filters.FILTERS,
    *number_filters.FILTERS,
    *data_filters.FILTERS,
    *date_filters.FILTERS,
)
_FUNCTIONS = (
    *value_functions.FUNCTIONS,
    *data_functions.FUNCTIONS,
    *moment_functions.FUNCTIONS,
    *random_functions.FUNCTIONS,
    *execution_functions.FUNCTIONS,
    *outside_functions.FUNCTIONS,
)
_TESTS = (*value_tests.TESTS,)


def _by_name(rows: tuple[Feature, ...]) -> MappingProxyType[str, Feature]:
    return MappingProxyType({row.name: row for row in rows})


TABLES: Final = MappingProxyType(
    {"filter": _by_name(_FILTERS), "function": _by_name(_FUNCTIONS), "test": _by_name(_TESTS)}
)
