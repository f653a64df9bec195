-- The role and tables of the default pipeline. Run it with psql as a superuser, in the
-- database that the pipeline writes to. It can be run again.
--
--   psql -d nexus_historian -v password="$INGESTION_DB_PASSWORD" -f init.sql
--
-- Without -v password the role gets none, for servers with trust or certificate authentication.

-- Stop at the first error.
\set ON_ERROR_STOP on

-- TimescaleDB must be loaded when the server starts: a session that uses the extension without
-- preloading is terminated. Its settings in pg_settings show any role that it is loaded; a line in
-- postgresql.conf alone does not make them appear.
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') AS timescaledb_is_installed,
       EXISTS (SELECT FROM pg_settings WHERE name LIKE 'timescaledb.%') AS timescaledb_is_loaded,
       EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb_is_created,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
         OR has_database_privilege(current_database(), 'CREATE')
            AND EXISTS (SELECT FROM pg_available_extension_versions
                        WHERE name = 'timescaledb' AND trusted) AS timescaledb_can_be_created \gset

-- If the database has the extension but the server does not load it, no table can be created.
SELECT :'timescaledb_is_created'::boolean AND NOT :'timescaledb_is_loaded'::boolean
  AS timescaledb_is_missing \gset
\if :timescaledb_is_missing
  DO $$ BEGIN
    RAISE EXCEPTION 'the database % has the extension timescaledb, but the server does not preload it', current_database()
      USING HINT = 'Add timescaledb to shared_preload_libraries in postgresql.conf, restart PostgreSQL, and '
                   'run this script again.';
  END $$;
\endif

SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nexus_ingestion') AS role_is_missing \gset
\if :role_is_missing
CREATE ROLE nexus_ingestion LOGIN;
\endif
SELECT 'ALTER ROLE nexus_ingestion LOGIN' FROM pg_roles
  WHERE rolname = 'nexus_ingestion' AND NOT rolcanlogin \gexec
-- An empty password, from an unset variable, changes nothing.
\if :{?password}
SELECT format('ALTER ROLE nexus_ingestion PASSWORD %L', :'password') WHERE :'password' <> '' \gexec
\endif

CREATE TABLE IF NOT EXISTS metrics (
  time      TIMESTAMPTZ NOT NULL,
  topic     TEXT NOT NULL,
  value     DOUBLE PRECISION,
  value_str TEXT,
  quality   SMALLINT DEFAULT 192,
  metadata  JSONB DEFAULT '{}'
);

-- With TimescaleDB: a hypertable of daily chunks, compressed after a week. Rows of a plain table are
-- migrated.
\set use_timescaledb false
\if :timescaledb_is_loaded
  \if :timescaledb_is_created
    \set use_timescaledb true
  \elif :timescaledb_can_be_created
    CREATE EXTENSION timescaledb;
    \set use_timescaledb true
  \else
    DO $$ BEGIN
      RAISE WARNING 'the role % may not create the extension timescaledb: metrics is a plain table', current_user
        USING HINT = format('Have a superuser run CREATE EXTENSION timescaledb in the database %s, then '
                            'run this script again: it makes a hypertable of metrics and keeps its rows.',
                            current_database());
    END $$;
  \endif
\elif :timescaledb_is_installed
  DO $$
  DECLARE
    -- A role that may not read the server's settings gets only the part to add, not the whole line.
    may_read CONSTANT boolean := pg_has_role('pg_read_all_settings', 'USAGE');
    loaded text := '…';
    file text := 'postgresql.conf';
  BEGIN
    IF may_read THEN
      SELECT setting, coalesce(sourcefile, current_setting('config_file')) INTO loaded, file
        FROM pg_settings WHERE name = 'shared_preload_libraries';
    END IF;
    RAISE WARNING 'TimescaleDB is installed but not preloaded: metrics is a plain table'
      USING HINT = format(E'Set this line in %s:\n'
                          '  shared_preload_libraries = %L\n'
                          'restart PostgreSQL, and run this script again: it makes a hypertable of '
                          'metrics and keeps its rows.%s',
                          file, concat_ws(',', nullif(loaded, ''), 'timescaledb'),
                          CASE WHEN may_read THEN '' ELSE ' (… is what the line has now.)' END);
  END $$;
\endif
\if :use_timescaledb
SELECT extnamespace::regnamespace AS timescaledb_schema FROM pg_extension WHERE extname = 'timescaledb' \gset
SELECT :timescaledb_schema.create_hypertable('metrics', 'time', chunk_time_interval => INTERVAL '1 day',
                                             if_not_exists => true, migrate_data => true);
SELECT current_setting('timescaledb.license', true) = 'timescale' AS timescaledb_compresses \gset
\if :timescaledb_compresses
ALTER TABLE metrics SET (timescaledb.compress, timescaledb.compress_segmentby = 'topic',
                         timescaledb.compress_orderby = 'time DESC');
SELECT :timescaledb_schema.add_compression_policy('metrics', INTERVAL '7 days', if_not_exists => true);
\else
DO $$ BEGIN
  RAISE NOTICE 'this edition of TimescaleDB (timescaledb.license = %) has no compression: chunks stay uncompressed',
    current_setting('timescaledb.license', true);
END $$;
\endif
\endif

CREATE INDEX IF NOT EXISTS metrics_topic_time ON metrics (topic, time DESC);

-- UPDATE is for on_conflict = "update".
GRANT SELECT, INSERT, UPDATE ON metrics TO nexus_ingestion;
-- Batches with rows that the table refuses are stored through a temporary table.
SELECT format('GRANT TEMPORARY ON DATABASE %I TO nexus_ingestion', current_database()) \gexec

-- The ledger of delivery = "exactly_once": which ranges of an intake are stored.
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
