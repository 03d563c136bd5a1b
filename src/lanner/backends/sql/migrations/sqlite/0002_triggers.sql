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

CREATE TABLE listeners (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    trigger_id TEXT NOT NULL,
    states TEXT NOT NULL,
    executions TEXT,
    PRIMARY KEY (tenant, namespace, flow_id, trigger_id)
);
