"""The property ``from``, whose name is a word of Python."""

from typing import Annotated

from pydantic import Field

from lanner.sdk.property import Property

From = Annotated[Property[str], Field(alias="from")]
"""URI of the file that a task reads."""
