"""The list of what this group brings: ``io.kestra.plugin.core.*`` and its old names."""

from collections.abc import Iterator, Mapping

from lanner.sdk.registry import PluginGroup

PREFIX = "io.kestra.plugin.core"
OLD_TASKS = "io.kestra.core.tasks"
OLD_CONDITIONS = "io.kestra.core.models.conditions.types"

# group -> class -> module below lanner_plugins.core.<group>
CLASSES: Mapping[str, Mapping[str, str]] = {
    "condition": {
        "DateTimeBetween": "dates",
        "DayWeek": "dates",
        "DayWeekInMonth": "dates",
        "ExecutionFlow": "executions",
        "ExecutionLabels": "executions",
        "ExecutionNamespace": "executions",
        "ExecutionOutputs": "executions",
        "ExecutionStatus": "executions",
        "Expression": "combined",
        "FlowCondition": "combined",
        "FlowNamespaceCondition": "combined",
        "HasRetryAttempt": "executions",
        "MultipleCondition": "combined",
        "Not": "combined",
        "Or": "combined",
        "PublicHoliday": "public_holiday",
        "TimeBetween": "dates",
        "Weekend": "dates",
    },
    "debug": {"Echo": "echo", "Return": "return_"},
    "execution": {
        "Assert": "asserts",
        "Count": "count",
        "Fail": "fail",
        "Exit": "exit_",
        "Labels": "labels",
        "PurgeExecutions": "purge_executions",
        "Resume": "resume",
        "SetVariables": "variables",
        "UnsetVariables": "variables",
    },
    "flow": {
        "AllowFailure": "allow_failure",
        "Dag": "dag",
        "EachParallel": "each",
        "EachSequential": "each",
        "ForEach": "foreach",
        "ForEachItem": "for_each_item",
        "If": "if_",
        "Loop": "loop",
        "LoopUntil": "loop_until",
        "Parallel": "parallel",
        "Pause": "pause",
        "Sequential": "sequential",
        "Sleep": "sleep",
        "Subflow": "subflow",
        "Switch": "switch",
        "Template": "template",
        "WorkingDirectory": "working_directory",
    },
    "http": {"Download": "download", "Request": "request", "Trigger": "trigger"},
    "kv": {"Delete": "delete", "Get": "get", "GetKeys": "get_keys", "PurgeKV": "purge_kv", "Set": "set_"},
    "log": {"Fetch": "fetch", "Log": "log", "PurgeLogs": "purge_logs"},
    "metric": {"Publish": "publish"},
    "namespace": {
        "DeleteFiles": "delete_files",
        "DownloadFiles": "download_files",
        "PurgeFiles": "purge_files",
        "UploadFiles": "upload_files",
    },
    "output": {"OutputValues": "output_values"},
    "runner": {"Process": "process"},
    "state": {"Delete": "delete", "Get": "get", "Set": "set_"},
    "storage": {
        "Concat": "concat",
        "DeduplicateItems": "deduplicate_items",
        "Delete": "delete",
        "FilterItems": "filter_items",
        "LocalFiles": "local_files",
        "PurgeCurrentExecutionFiles": "purge",
        "Reverse": "reverse",
        "Size": "size",
        "Split": "split",
        "Write": "write",
    },
    "templating": {"TemplatedTask": "templated_task"},
    "trigger": {
        "Flow": "flow",
        "Schedule": "schedule",
        "ScheduleOnDates": "schedule_on_dates",
        "Toggle": "toggle",
        "Webhook": "webhook",
    },
}

# name in use below PREFIX -> old names
ALIASES: Mapping[str, tuple[str, ...]] = {
    "condition.Expression": (f"{OLD_CONDITIONS}.VariableCondition", f"{PREFIX}.condition.VariableCondition"),
    "debug.Echo": (f"{OLD_TASKS}.debugs.Echo",),
    "debug.Return": (f"{OLD_TASKS}.debugs.Return",),
    "flow.Subflow": (f"{OLD_TASKS}.flows.Flow", f"{PREFIX}.flow.Flow"),
    "flow.WorkingDirectory": (f"{OLD_TASKS}.flows.Worker", f"{PREFIX}.flow.Worker"),
    "flow.LoopUntil": (f"{PREFIX}.flow.WaitFor", f"{OLD_TASKS}.flows.WaitFor"),
    "execution.Count": (f"{OLD_TASKS}.executions.Counts",),
    "execution.PurgeExecutions": (f"{OLD_TASKS}.storages.Purge", f"{PREFIX}.storage.Purge"),
    "execution.Labels": (f"{OLD_TASKS}.executions.Labels",),
    "execution.Fail": (f"{OLD_TASKS}.executions.Fail",),
    "http.Download": ("io.kestra.plugin.fs.http.Download",),
    "http.Request": ("io.kestra.plugin.fs.http.Request",),
    "http.Trigger": ("io.kestra.plugin.fs.http.Trigger",),
    "log.Fetch": (f"{OLD_TASKS}.log.Fetch",),
    "log.Log": (f"{OLD_TASKS}.log.Log",),
    "state.Delete": (f"{OLD_TASKS}.states.Delete",),
    "state.Get": (f"{OLD_TASKS}.states.Get",),
    "state.Set": (f"{OLD_TASKS}.states.Set",),
    "storage.Concat": (f"{OLD_TASKS}.storages.Concat",),
    "storage.DeduplicateItems": (f"{OLD_TASKS}.storages.DeduplicateItems",),
    "storage.Delete": (f"{OLD_TASKS}.storages.Delete",),
    "storage.FilterItems": (f"{OLD_TASKS}.storages.FilterItems",),
    "storage.LocalFiles": (f"{OLD_TASKS}.storages.LocalFiles",),
    "storage.PurgeCurrentExecutionFiles": (
        f"{OLD_TASKS}.storages.PurgeExecution",
        f"{PREFIX}.storage.PurgeExecution",
    ),
    "storage.Reverse": (f"{OLD_TASKS}.storages.Reverse",),
    "storage.Size": (f"{OLD_TASKS}.storages.Size",),
    "storage.Split": (f"{OLD_TASKS}.storages.Split",),
    "templating.TemplatedTask": (f"{OLD_TASKS}.templating.TemplatedTask",),
    "trigger.Flow": ("io.kestra.core.models.triggers.types.Flow",),
    "trigger.Schedule": ("io.kestra.core.models.triggers.types.Schedule",),
    "trigger.Toggle": (f"{OLD_TASKS}.trigger.Toggle",),
    "trigger.Webhook": ("io.kestra.core.models.triggers.types.Webhook",),
}

OFF_BY_DEFAULT: Mapping[str, str] = {
    f"{PREFIX}.flow.Template": (
        "templates are off: put the tasks into a flow and run it with a Subflow, or set `templates.enabled`"
    ),
}


def _types() -> Iterator[tuple[str, str]]:
    for group, classes in CLASSES.items():
        for name, module in classes.items():
            yield f"{PREFIX}.{group}.{name}", f"lanner_plugins.core.{group}.{module}:{name}"


def _aliases() -> Iterator[tuple[str, str]]:
    # Flow tasks got their names by one rule.
    for name in CLASSES["flow"]:
        yield f"{OLD_TASKS}.flows.{name}", f"{PREFIX}.flow.{name}"
    # So did conditions.
    for name in CLASSES["condition"]:
        long_name = f"{name.removesuffix('Condition')}Condition"
        yield f"{OLD_CONDITIONS}.{long_name}", f"{PREFIX}.condition.{name}"
        if long_name != name:
            yield f"{PREFIX}.condition.{long_name}", f"{PREFIX}.condition.{name}"
    for name, olds in ALIASES.items():
        for old in olds:
            yield old, f"{PREFIX}.{name}"


PLUGIN = PluginGroup(
    name="core",
    title="Core",
    description="Tasks, triggers and task runners that are always there.",
    types=dict(_types()),
    aliases=dict(_aliases()),
    off_by_default=OFF_BY_DEFAULT,
)
