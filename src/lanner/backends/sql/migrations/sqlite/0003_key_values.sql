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
