"""The one base of every error that Lanner raises on purpose."""


class LannerError(Exception):
    """Something that Lanner can name went wrong.

    Leaves live in the layer that owns the idea, carry fields for programs and one
    sentence for people. HTTP codes are no business of theirs: ``api.errors`` has the table.
    """


class ExecutionNotFound(LannerError):
    """There is no execution of this id."""

    def __init__(self, execution_id: str) -> None:
        self.execution_id = execution_id
        super().__init__(f"execution {execution_id!r} not found")
