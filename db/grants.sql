-- Roles of other systems in the shared PostgreSQL database. Run once as the database's owner
-- (who must be allowed to create roles, unless an administrator has created these two before),
-- and again after each `ops-center db upgrade`:
--
--   psql "$OPS_CENTER_DATABASE_URL" -f db/grants.sql
--
-- Then give each system its own login:
--
--   CREATE ROLE portal LOGIN PASSWORD '…' IN ROLE ops_center_writer;
--   CREATE ROLE analyst LOGIN PASSWORD '…' IN ROLE ops_center_reader;
--
-- A writer writes dossiers with their events and waiting, the teams' reports, petitions and inputs
-- of the evaluation, and reads what it must refer to. It has
-- no right on `change` (triggers fill it with the owner's rights) nor on anything derived.
-- A reader reads everything but the applicant, the only column with a citizen's name.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ops_center_writer') THEN
    CREATE ROLE ops_center_writer NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ops_center_reader') THEN
    CREATE ROLE ops_center_reader NOLOGIN;
  END IF;
END $$;

-- Before PostgreSQL 15 everybody may create in this schema.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ops_center_writer, ops_center_reader;

-- Both start from nothing, so that a right withdrawn here is withdrawn there.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ops_center_writer, ops_center_reader;

GRANT SELECT, INSERT, UPDATE, DELETE ON dossier, dossier_event, waiting TO ops_center_writer;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON support_activity, petition, evaluation_input TO ops_center_writer;
GRANT SELECT
  ON ward, hub, hub_alias, person, source, field, procedure, calendar_day, topic, campaign,
     indicator, activity_past
  TO ops_center_writer;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO ops_center_reader;
REVOKE SELECT ON dossier FROM ops_center_reader;
GRANT SELECT (
  ward_id, id, source_id, code, hub_id, procedure_id, channel, level, status,
  submitted_at, received_at, due_at, processed_at, returned_at, stopped_at, withdrawn_at, due_on,
  supplement_count, fee, payment, result_electronic, components_digitised, data_reused,
  population_data_used, complained, rating, official_id, written_at
) ON dossier TO ops_center_reader;
