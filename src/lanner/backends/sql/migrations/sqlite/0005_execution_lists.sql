-- How many executions without a kind each flow has: lists by namespace, flow or part of their names are counted from it.
CREATE TABLE execution_counts (
    tenant TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (tenant, namespace, flow_id)
) WITHOUT ROWID;
INSERT INTO execution_counts (tenant, namespace, flow_id, count)
SELECT tenant, namespace, flow_id, count(*) FROM executions WHERE kind IS NULL GROUP BY tenant, namespace, flow_id;

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

CREATE INDEX executions_duration ON executions (tenant, duration) WHERE kind IS NULL;
