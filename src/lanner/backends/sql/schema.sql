-- The sum of the migrations, for reading; a test compares the two.
-- Times are microseconds since 1970 in UTC; columns named after structures hold JSON or the text of sql/rows.py.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE flows (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    disabled INTEGER NOT NULL,
    source TEXT NOT NULL,
    labels TEXT,
    description TEXT,
    updated BIGINT,
    PRIMARY KEY (tenant, namespace, id, revision)
);
CREATE UNIQUE INDEX flows_latest ON flows (tenant, namespace, id) WHERE latest = 1;

CREATE TABLE executions (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    start_date BIGINT NOT NULL,
    kind TEXT,
    parent_id TEXT,
    original_id TEXT,
    trigger_id TEXT,
    trigger_execution_id TEXT,
    flow_revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    end_date BIGINT,
    duration BIGINT,
    ended INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    has_outputs INTEGER NOT NULL,
    history TEXT NOT NULL,
    labels TEXT,
    inputs TEXT,
    variables TEXT,
    cause TEXT,
    rest TEXT
);
-- Namespace and flow stand in each index so that counting reads no row; only executions_state changes with the state.
CREATE INDEX executions_start ON executions (tenant, start_date, namespace, flow_id) WHERE kind IS NULL;
CREATE INDEX executions_flow ON executions (tenant, namespace, flow_id, start_date) WHERE kind IS NULL;
CREATE INDEX executions_state ON executions (tenant, state, start_date, namespace, flow_id) WHERE kind IS NULL;
CREATE INDEX executions_end ON executions (tenant, end_date) WHERE kind IS NULL;
CREATE INDEX executions_duration ON executions (tenant, duration) WHERE kind IS NULL;
CREATE INDEX executions_unfinished ON executions (start_date) WHERE ended = 0;
CREATE INDEX executions_cause ON executions (trigger_execution_id) WHERE trigger_execution_id IS NOT NULL;
CREATE INDEX executions_parent ON executions (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX executions_kind ON executions (tenant, kind, start_date) WHERE kind IS NOT NULL;

-- The columns that lists by one label need, so that these read nothing else. Kept by the triggers below.
CREATE TABLE execution_labels (
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    start_date BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT,
    PRIMARY KEY (tenant, key, value, start_date, seq)
) WITHOUT ROWID;

CREATE TRIGGER executions_labels_new AFTER INSERT ON executions WHEN new.labels IS NOT NULL BEGIN
    INSERT INTO execution_labels (tenant, key, value, start_date, seq, kind)
    SELECT DISTINCT new.tenant, json_extract(pair.value, '$[0]'), json_extract(pair.value, '$[1]'),
        new.start_date, new.seq, new.kind
    FROM json_each(new.labels) AS pair;
END;
CREATE TRIGGER executions_labels_gone AFTER DELETE ON executions WHEN old.labels IS NOT NULL BEGIN
    DELETE FROM execution_labels
    WHERE tenant = old.tenant AND start_date = old.start_date AND seq = old.seq AND (key, value) IN (
        SELECT json_extract(pair.value, '$[0]'), json_extract(pair.value, '$[1]') FROM json_each(old.labels) AS pair
    );
END;
CREATE TRIGGER executions_labels_changed AFTER UPDATE OF labels ON executions WHEN old.labels IS NOT new.labels BEGIN
    DELETE FROM execution_labels
    WHERE tenant = old.tenant AND start_date = old.start_date AND seq = old.seq AND (key, value) IN (
        SELECT json_extract(pair.value, '$[0]'), json_extract(pair.value, '$[1]') FROM json_each(old.labels) AS pair
    );
    INSERT INTO execution_labels (tenant, key, value, start_date, seq, kind)
    SELECT DISTINCT new.tenant, json_extract(pair.value, '$[0]'), json_extract(pair.value, '$[1]'),
        new.start_date, new.seq, new.kind
    FROM json_each(new.labels) AS pair;
END;

CREATE TABLE task_runs (
    execution_id TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    state TEXT NOT NULL,
    history TEXT NOT NULL,
    parent_id TEXT,
    value TEXT,
    iteration INTEGER,
    attempts TEXT,
    has_outputs INTEGER NOT NULL,
    memo TEXT,
    flags INTEGER NOT NULL,
    PRIMARY KEY (execution_id, id)
);

-- Of task runs, and of executions themselves where task_run_id is empty.
CREATE TABLE outputs (
    execution_id TEXT NOT NULL,
    task_run_id TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (execution_id, task_run_id)
);

CREATE TABLE logs (
    seq INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    level INTEGER NOT NULL,
    message TEXT NOT NULL,
    execution_id TEXT,
    task_id TEXT,
    task_run_id TEXT,
    attempt_number INTEGER,
    trigger_id TEXT,
    thread TEXT
);
CREATE INDEX logs_time ON logs (tenant, timestamp, level);
CREATE INDEX logs_flow ON logs (tenant, namespace, flow_id, timestamp, level);
CREATE INDEX logs_execution ON logs (execution_id, timestamp, level, tenant);

CREATE TABLE metrics (
    seq INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    execution_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    task_run_id TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    timestamp BIGINT NOT NULL,
    tags TEXT NOT NULL
);
CREATE INDEX metrics_execution ON metrics (execution_id);
CREATE INDEX metrics_flow ON metrics (tenant, namespace, flow_id, timestamp);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    execution_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE jobs (
    task_run_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    execution_id TEXT NOT NULL,
    deliveries INTEGER NOT NULL,
    worker_group TEXT,
    PRIMARY KEY (task_run_id, attempt)
);

CREATE TABLE timers (
    execution_id TEXT NOT NULL,
    name TEXT NOT NULL,
    due BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution_id, name)
);
CREATE INDEX timers_due ON timers (due);

-- Of schedules, polling and realtime triggers.
CREATE TABLE triggers (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    trigger_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    date BIGINT,
    next_date BIGINT,
    execution_id TEXT,
    disabled INTEGER NOT NULL,
    stop_after TEXT,
    backfill TEXT,
    updated BIGINT,
    evaluating_since BIGINT,
    worker_id TEXT,
    PRIMARY KEY (tenant, namespace, flow_id, trigger_id)
);

-- What Flow triggers remember while they wait for more.
CREATE TABLE condition_windows (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    id TEXT NOT NULL,
    start_date BIGINT NOT NULL,
    end_date BIGINT NOT NULL,
    met TEXT NOT NULL,
    outputs TEXT,
    PRIMARY KEY (tenant, namespace, flow_id, id)
);

-- Flow triggers of the newest revisions, so that the executions they listen to are known without reading flows.
CREATE TABLE listeners (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    trigger_id TEXT NOT NULL,
    states TEXT NOT NULL,
    executions TEXT,
    PRIMARY KEY (tenant, namespace, flow_id, trigger_id)
);

CREATE TABLE key_values (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    description TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    expires BIGINT,
    revision INTEGER NOT NULL,
    PRIMARY KEY (tenant, namespace, key)
);
CREATE INDEX key_values_expires ON key_values (tenant, expires) WHERE expires IS NOT NULL;

CREATE TABLE secrets (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    encrypted TEXT NOT NULL,
    description TEXT,
    tags TEXT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (tenant, namespace, key)
);

-- How many executions without a kind each flow has: lists by namespace, flow or part of their names are counted from it.
CREATE TABLE execution_counts (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (tenant, namespace, flow_id)
) WITHOUT ROWID;

CREATE TRIGGER executions_counted_new AFTER INSERT ON executions WHEN new.kind IS NULL BEGIN
    INSERT INTO execution_counts (tenant, namespace, flow_id, count)
    VALUES (new.tenant, new.namespace, new.flow_id, 1)
    ON CONFLICT (tenant, namespace, flow_id) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER executions_counted_gone AFTER DELETE ON executions WHEN old.kind IS NULL BEGIN
    UPDATE execution_counts SET count = count - 1
    WHERE tenant = old.tenant AND namespace = old.namespace AND flow_id = old.flow_id;
    DELETE FROM execution_counts
    WHERE tenant = old.tenant AND namespace = old.namespace AND flow_id = old.flow_id AND count = 0;
END;
