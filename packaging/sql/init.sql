-- The role and table of the default pipeline. Run it by psql as a superuser, in the
-- database that the pipeline writes to; it may be run again.
--
--   psql -d nexus_historian -v password="$INGESTION_DB_PASSWORD" -f init.sql
--
-- Without -v password the role has none, for servers that trust or use certificates.

SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nexus_ingestion') AS role_is_missing \gset
\if :role_is_missing
CREATE ROLE nexus_ingestion LOGIN;
\endif
\if :{?password}
ALTER ROLE nexus_ingestion PASSWORD :'password';
\endif

CREATE TABLE IF NOT EXISTS metrics (
  time      TIMESTAMPTZ NOT NULL,
  topic     TEXT NOT NULL,
  value     DOUBLE PRECISION,
  value_str TEXT,
  quality   SMALLINT DEFAULT 192,
  metadata  JSONB DEFAULT '{}'
);

-- With TimescaleDB on the server: a hypertable of daily chunks, compressed after a week.
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') AS has_timescaledb \gset
\if :has_timescaledb
CREATE EXTENSION IF NOT EXISTS timescaledb;
SELECT create_hypertable('metrics', 'time', chunk_time_interval => INTERVAL '1 day',
                         if_not_exists => true, migrate_data => true);
ALTER TABLE metrics SET (timescaledb.compress, timescaledb.compress_segmentby = 'topic',
                         timescaledb.compress_orderby = 'time DESC');
SELECT add_compression_policy('metrics', INTERVAL '7 days', if_not_exists => true);
\endif

CREATE INDEX IF NOT EXISTS metrics_topic_time ON metrics (topic, time DESC);

GRANT SELECT, INSERT ON metrics TO nexus_ingestion;
-- A batch with rows that the table refuses goes by a temporary table.
SELECT format('GRANT TEMPORARY ON DATABASE %I TO nexus_ingestion', current_database()) \gexec

-- What delivery = "exactly_once" remembers: which ranges of an intake are stored.
CREATE TABLE IF NOT EXISTS penstock_ledger (
  intake TEXT NOT NULL,
  sink   TEXT NOT NULL,
  first  BIGINT NOT NULL,
  part   BIGINT NOT NULL,
  count  INTEGER NOT NULL,
  stored TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (intake, sink, first, part)
);
GRANT SELECT, INSERT, DELETE ON penstock_ledger TO nexus_ingestion;
