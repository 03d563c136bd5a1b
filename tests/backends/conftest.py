"""Contracts are tests that lie among the sources: their asserts are to explain themselves as well."""

import pytest

pytest.register_assert_rewrite("lanner.testing.contracts")
