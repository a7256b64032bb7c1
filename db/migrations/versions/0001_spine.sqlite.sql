-- The schema as revision 0001 made it. Frozen: later changes are later revisions.

CREATE TABLE calendar_day (
  day DATE NOT NULL,
  kind TEXT NOT NULL,
  name TEXT DEFAULT '' NOT NULL,
  source TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_calendar_day PRIMARY KEY (day),
  CONSTRAINT ck_calendar_day_kind CHECK (kind IN ('holiday', 'compensatory', 'working_extra'))
);

CREATE TABLE cell (
  ward_id TEXT NOT NULL,
  day DATE NOT NULL,
  hub_id TEXT NOT NULL,
  procedure_id TEXT NOT NULL,
  channel_level TEXT NOT NULL,
  submitted BIGINT DEFAULT 0 NOT NULL,
  accepted BIGINT DEFAULT 0 NOT NULL,
  refused BIGINT DEFAULT 0 NOT NULL,
  received BIGINT DEFAULT 0 NOT NULL,
  online BIGINT DEFAULT 0 NOT NULL,
  end_to_end BIGINT DEFAULT 0 NOT NULL,
  post BIGINT DEFAULT 0 NOT NULL,
  early BIGINT DEFAULT 0 NOT NULL,
  on_time BIGINT DEFAULT 0 NOT NULL,
  late BIGINT DEFAULT 0 NOT NULL,
  no_due BIGINT DEFAULT 0 NOT NULL,
  stopped BIGINT DEFAULT 0 NOT NULL,
  withdrawn BIGINT DEFAULT 0 NOT NULL,
  with_fee BIGINT DEFAULT 0 NOT NULL,
  paid_online BIGINT DEFAULT 0 NOT NULL,
  result_qualifying BIGINT DEFAULT 0 NOT NULL,
  result_electronic BIGINT DEFAULT 0 NOT NULL,
  digitisable BIGINT DEFAULT 0 NOT NULL,
  digitised BIGINT DEFAULT 0 NOT NULL,
  reusable BIGINT DEFAULT 0 NOT NULL,
  reused BIGINT DEFAULT 0 NOT NULL,
  population_qualifying BIGINT DEFAULT 0 NOT NULL,
  population_used BIGINT DEFAULT 0 NOT NULL,
  complained BIGINT DEFAULT 0 NOT NULL,
  complained_or_late BIGINT DEFAULT 0 NOT NULL,
  rated BIGINT DEFAULT 0 NOT NULL,
  satisfied BIGINT DEFAULT 0 NOT NULL,
  rating_sum BIGINT DEFAULT 0 NOT NULL,
  timed BIGINT DEFAULT 0 NOT NULL,
  worked_minutes BIGINT DEFAULT 0 NOT NULL,
  processed BIGINT DEFAULT 0 NOT NULL,
  returned BIGINT DEFAULT 0 NOT NULL,
  overdue_in BIGINT DEFAULT 0 NOT NULL,
  overdue_out BIGINT DEFAULT 0 NOT NULL,
  suspended_in BIGINT DEFAULT 0 NOT NULL,
  suspended_out BIGINT DEFAULT 0 NOT NULL,
  no_due_in BIGINT DEFAULT 0 NOT NULL,
  no_due_out BIGINT DEFAULT 0 NOT NULL,
  CONSTRAINT pk_cell PRIMARY KEY (ward_id, day, hub_id, procedure_id, channel_level)
);

CREATE TABLE change (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  dossier_id TEXT NOT NULL,
  source_id TEXT,
  at VARCHAR(24) DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
  CONSTRAINT pk_change PRIMARY KEY (ward_id, id)
);

CREATE INDEX ix_change_at ON change (ward_id, at);

CREATE TABLE dossier_clock (
  ward_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  hub_id TEXT NOT NULL,
  procedure_id TEXT NOT NULL,
  channel_level TEXT NOT NULL,
  official_id TEXT,
  submitted_at VARCHAR(24),
  submitted_day DATE,
  accepted_at VARCHAR(24),
  accepted_day DATE,
  refused_day DATE,
  received_at VARCHAR(24),
  received_day DATE,
  due_at VARCHAR(24),
  due_computed BOOLEAN DEFAULT 0 NOT NULL,
  due_basis TEXT,
  overdue_at VARCHAR(24),
  ended_at VARCHAR(24),
  ended_day DATE,
  end_kind TEXT,
  outcome TEXT,
  processed_at VARCHAR(24),
  processed_day DATE,
  returned_at VARCHAR(24),
  returned_day DATE,
  worked_minutes INTEGER,
  duration_bin INTEGER,
  fee INTEGER,
  paid_online BOOLEAN DEFAULT 0 NOT NULL,
  result_qualifying BOOLEAN DEFAULT 0 NOT NULL,
  result_electronic BOOLEAN DEFAULT 0 NOT NULL,
  digitised BOOLEAN,
  reused BOOLEAN,
  population_used BOOLEAN,
  complained BOOLEAN DEFAULT 0 NOT NULL,
  rating SMALLINT,
  CONSTRAINT pk_dossier_clock PRIMARY KEY (ward_id, dossier_id),
  CONSTRAINT ck_dossier_clock_due_computed CHECK (due_computed IN (0, 1)),
  CONSTRAINT ck_dossier_clock_paid_online CHECK (paid_online IN (0, 1)),
  CONSTRAINT ck_dossier_clock_result_qualifying CHECK (result_qualifying IN (0, 1)),
  CONSTRAINT ck_dossier_clock_result_electronic CHECK (result_electronic IN (0, 1)),
  CONSTRAINT ck_dossier_clock_complained CHECK (complained IN (0, 1))
);

CREATE INDEX ix_clock_accepted ON dossier_clock (ward_id, accepted_day, hub_id, accepted_at, submitted_at);

CREATE INDEX ix_clock_due ON dossier_clock (ward_id, ended_at, overdue_at, due_at, hub_id, received_at, dossier_id) WHERE received_at IS NOT NULL AND ended_at IS NULL;

CREATE INDEX ix_clock_ended ON dossier_clock (ward_id, ended_day, hub_id, ended_at, procedure_id, end_kind, outcome, worked_minutes);

CREATE INDEX ix_clock_ended_at ON dossier_clock (ward_id, ended_at, overdue_at) WHERE ended_at IS NOT NULL;

CREATE INDEX ix_clock_open ON dossier_clock (ward_id, ended_at, hub_id, received_at) WHERE received_at IS NOT NULL AND ended_at IS NULL;

CREATE INDEX ix_clock_received ON dossier_clock (ward_id, received_day, hub_id, received_at, channel_level, procedure_id);

CREATE INDEX ix_clock_received_at ON dossier_clock (ward_id, received_day, received_at);

CREATE INDEX ix_clock_reception ON dossier_clock (ward_id, accepted_at, hub_id, submitted_at) WHERE submitted_at IS NOT NULL AND accepted_at IS NULL;

CREATE INDEX ix_clock_refused ON dossier_clock (ward_id, refused_day, hub_id);

CREATE INDEX ix_clock_returned ON dossier_clock (ward_id, returned_day, hub_id, returned_at);

CREATE INDEX ix_clock_submitted ON dossier_clock (ward_id, submitted_day, hub_id, submitted_at);

CREATE INDEX ix_clock_unreturned ON dossier_clock (ward_id, returned_at, hub_id, processed_at) WHERE processed_at IS NOT NULL AND returned_at IS NULL;

CREATE TABLE dossier_span (
  ward_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  state TEXT NOT NULL,
  from_at VARCHAR(24) NOT NULL,
  from_day DATE NOT NULL,
  to_at VARCHAR(24),
  to_day DATE,
  hub_id TEXT NOT NULL,
  procedure_id TEXT NOT NULL,
  channel_level TEXT NOT NULL,
  CONSTRAINT pk_dossier_span PRIMARY KEY (ward_id, dossier_id, state, from_at)
);

CREATE INDEX ix_span_from ON dossier_span (ward_id, from_day, hub_id);

CREATE INDEX ix_span_to ON dossier_span (ward_id, to_day, hub_id);

CREATE INDEX ix_span_to_at ON dossier_span (ward_id, state, to_at, from_at, hub_id, procedure_id);

CREATE TABLE duration_cell (
  ward_id TEXT NOT NULL,
  day DATE NOT NULL,
  hub_id TEXT NOT NULL,
  procedure_id TEXT NOT NULL,
  channel_level TEXT NOT NULL,
  bin INTEGER NOT NULL,
  n BIGINT NOT NULL,
  CONSTRAINT pk_duration_cell PRIMARY KEY (ward_id, day, hub_id, procedure_id, channel_level, bin)
);

CREATE TABLE field (
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  name_ar TEXT,
  sort_key TEXT DEFAULT '' NOT NULL,
  sensitive BOOLEAN DEFAULT 0 NOT NULL,
  CONSTRAINT pk_field PRIMARY KEY (id),
  CONSTRAINT ck_field_sensitive CHECK (sensitive IN (0, 1))
);

CREATE TABLE heartbeat (
  process TEXT NOT NULL,
  at VARCHAR(24) NOT NULL,
  detail TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_heartbeat PRIMARY KEY (process)
);

CREATE TABLE hub_cell (
  ward_id TEXT NOT NULL,
  day DATE NOT NULL,
  hub_id TEXT NOT NULL,
  revision BIGINT DEFAULT 0 NOT NULL,
  submitted BIGINT DEFAULT 0 NOT NULL,
  accepted BIGINT DEFAULT 0 NOT NULL,
  refused BIGINT DEFAULT 0 NOT NULL,
  received BIGINT DEFAULT 0 NOT NULL,
  online BIGINT DEFAULT 0 NOT NULL,
  end_to_end BIGINT DEFAULT 0 NOT NULL,
  post BIGINT DEFAULT 0 NOT NULL,
  early BIGINT DEFAULT 0 NOT NULL,
  on_time BIGINT DEFAULT 0 NOT NULL,
  late BIGINT DEFAULT 0 NOT NULL,
  no_due BIGINT DEFAULT 0 NOT NULL,
  stopped BIGINT DEFAULT 0 NOT NULL,
  withdrawn BIGINT DEFAULT 0 NOT NULL,
  with_fee BIGINT DEFAULT 0 NOT NULL,
  paid_online BIGINT DEFAULT 0 NOT NULL,
  result_qualifying BIGINT DEFAULT 0 NOT NULL,
  result_electronic BIGINT DEFAULT 0 NOT NULL,
  digitisable BIGINT DEFAULT 0 NOT NULL,
  digitised BIGINT DEFAULT 0 NOT NULL,
  reusable BIGINT DEFAULT 0 NOT NULL,
  reused BIGINT DEFAULT 0 NOT NULL,
  population_qualifying BIGINT DEFAULT 0 NOT NULL,
  population_used BIGINT DEFAULT 0 NOT NULL,
  complained BIGINT DEFAULT 0 NOT NULL,
  complained_or_late BIGINT DEFAULT 0 NOT NULL,
  rated BIGINT DEFAULT 0 NOT NULL,
  satisfied BIGINT DEFAULT 0 NOT NULL,
  rating_sum BIGINT DEFAULT 0 NOT NULL,
  timed BIGINT DEFAULT 0 NOT NULL,
  worked_minutes BIGINT DEFAULT 0 NOT NULL,
  processed BIGINT DEFAULT 0 NOT NULL,
  returned BIGINT DEFAULT 0 NOT NULL,
  overdue_in BIGINT DEFAULT 0 NOT NULL,
  overdue_out BIGINT DEFAULT 0 NOT NULL,
  suspended_in BIGINT DEFAULT 0 NOT NULL,
  suspended_out BIGINT DEFAULT 0 NOT NULL,
  no_due_in BIGINT DEFAULT 0 NOT NULL,
  no_due_out BIGINT DEFAULT 0 NOT NULL,
  CONSTRAINT pk_hub_cell PRIMARY KEY (ward_id, day, hub_id)
);

CREATE INDEX ix_hub_cell_revision ON hub_cell (ward_id, day, revision);

CREATE TABLE job_run (
  ward_id TEXT NOT NULL,
  job TEXT NOT NULL,
  period TEXT NOT NULL,
  holder TEXT NOT NULL,
  claimed_at VARCHAR(24) NOT NULL,
  CONSTRAINT pk_job_run PRIMARY KEY (ward_id, job, period)
);

CREATE TABLE lease (
  ward_id TEXT NOT NULL,
  name TEXT NOT NULL,
  holder TEXT NOT NULL,
  until VARCHAR(24) NOT NULL,
  CONSTRAINT pk_lease PRIMARY KEY (ward_id, name)
);

CREATE TABLE ward (
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  issuing_body TEXT DEFAULT '' NOT NULL,
  time_zone TEXT DEFAULT 'Asia/Ho_Chi_Minh' NOT NULL,
  working_hours TEXT DEFAULT 'Mon-Fri 08:00-12:00 13:30-17:30' NOT NULL,
  same_day_cutoff TEXT DEFAULT '15:00' NOT NULL,
  due_soon_minutes INTEGER DEFAULT 480 NOT NULL,
  second_supplement_is_late BOOLEAN DEFAULT 1 NOT NULL,
  illustrative BOOLEAN DEFAULT 0 NOT NULL,
  boundary TEXT,
  CONSTRAINT pk_ward PRIMARY KEY (id),
  CONSTRAINT ck_ward_second_supplement_is_late CHECK (second_supplement_is_late IN (0, 1)),
  CONSTRAINT ck_ward_illustrative CHECK (illustrative IN (0, 1))
);

CREATE TABLE campaign (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  name TEXT NOT NULL,
  starts_on DATE NOT NULL,
  days INTEGER DEFAULT 45 NOT NULL,
  target INTEGER,
  CONSTRAINT pk_campaign PRIMARY KEY (ward_id, id),
  CONSTRAINT uq_campaign_ward_id_starts_on UNIQUE (ward_id, starts_on),
  CONSTRAINT fk_campaign_ward FOREIGN KEY(ward_id) REFERENCES ward (id)
);

CREATE TABLE hub (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_key TEXT DEFAULT '' NOT NULL,
  longitude FLOAT,
  latitude FLOAT,
  area TEXT,
  population INTEGER,
  households INTEGER,
  active BOOLEAN DEFAULT 1 NOT NULL,
  replaced_by TEXT,
  CONSTRAINT pk_hub PRIMARY KEY (ward_id, id),
  CONSTRAINT uq_hub_ward_id_code UNIQUE (ward_id, code),
  CONSTRAINT fk_hub_ward FOREIGN KEY(ward_id) REFERENCES ward (id),
  CONSTRAINT fk_hub_hub FOREIGN KEY(ward_id, replaced_by) REFERENCES hub (ward_id, id),
  CONSTRAINT ck_hub_active CHECK (active IN (0, 1))
);

CREATE TABLE person (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  name TEXT NOT NULL,
  unit TEXT DEFAULT '' NOT NULL,
  email TEXT,
  active BOOLEAN DEFAULT 1 NOT NULL,
  CONSTRAINT pk_person PRIMARY KEY (ward_id, id),
  CONSTRAINT fk_person_ward FOREIGN KEY(ward_id) REFERENCES ward (id),
  CONSTRAINT ck_person_active CHECK (active IN (0, 1))
);

CREATE TABLE procedure (
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_key TEXT DEFAULT '' NOT NULL,
  field_id TEXT NOT NULL,
  level TEXT,
  limit_kind TEXT,
  limit_days INTEGER,
  fee INTEGER,
  online_payment BOOLEAN DEFAULT 0 NOT NULL,
  result_document BOOLEAN DEFAULT 1 NOT NULL,
  reusable BOOLEAN DEFAULT 0 NOT NULL,
  population_data BOOLEAN DEFAULT 0 NOT NULL,
  active BOOLEAN DEFAULT 1 NOT NULL,
  CONSTRAINT pk_procedure PRIMARY KEY (id),
  CONSTRAINT fk_procedure_field FOREIGN KEY(field_id) REFERENCES field (id),
  CONSTRAINT ck_procedure_level CHECK (level IN ('partial', 'end_to_end')),
  CONSTRAINT ck_procedure_limit_kind CHECK (limit_kind IN ('working_days', 'calendar_days', 'same_day')),
  CONSTRAINT ck_procedure_limit_days CHECK (limit_days >= 0),
  CONSTRAINT ck_procedure_fee CHECK (fee >= 0),
  CONSTRAINT ck_procedure_online_payment CHECK (online_payment IN (0, 1)),
  CONSTRAINT ck_procedure_result_document CHECK (result_document IN (0, 1)),
  CONSTRAINT ck_procedure_reusable CHECK (reusable IN (0, 1)),
  CONSTRAINT ck_procedure_population_data CHECK (population_data IN (0, 1)),
  CONSTRAINT ck_procedure_active CHECK (active IN (0, 1))
);

CREATE TABLE revision (
  ward_id TEXT NOT NULL,
  number BIGINT DEFAULT 0 NOT NULL,
  at VARCHAR(24),
  rules TEXT,
  CONSTRAINT pk_revision PRIMARY KEY (ward_id),
  CONSTRAINT fk_revision_ward FOREIGN KEY(ward_id) REFERENCES ward (id)
);

CREATE TABLE source (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  name TEXT NOT NULL,
  last_heard_at VARCHAR(24),
  waiting_pushes_due BOOLEAN DEFAULT 1 NOT NULL,
  silent_after_minutes INTEGER DEFAULT 60 NOT NULL,
  illustrative BOOLEAN DEFAULT 0 NOT NULL,
  CONSTRAINT pk_source PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_source_last_heard_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', last_heard_at) IS last_heard_at),
  CONSTRAINT ck_source_last_heard_at_year CHECK (last_heard_at >= '0001-01-01' AND last_heard_at < '9999-12-31'),
  CONSTRAINT fk_source_ward FOREIGN KEY(ward_id) REFERENCES ward (id),
  CONSTRAINT ck_source_waiting_pushes_due CHECK (waiting_pushes_due IN (0, 1)),
  CONSTRAINT ck_source_illustrative CHECK (illustrative IN (0, 1))
);

CREATE TABLE dossier (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  source_id TEXT NOT NULL,
  code TEXT NOT NULL,
  hub_id TEXT NOT NULL,
  procedure_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  level TEXT,
  status SMALLINT NOT NULL,
  submitted_at VARCHAR(24),
  received_at VARCHAR(24),
  due_at VARCHAR(24),
  processed_at VARCHAR(24),
  returned_at VARCHAR(24),
  stopped_at VARCHAR(24),
  withdrawn_at VARCHAR(24),
  due_on DATE,
  supplement_count INTEGER DEFAULT 0 NOT NULL,
  fee INTEGER,
  payment TEXT,
  result_electronic BOOLEAN,
  components_digitised BOOLEAN,
  data_reused BOOLEAN,
  population_data_used BOOLEAN,
  complained BOOLEAN DEFAULT 0 NOT NULL,
  rating SMALLINT,
  official_id TEXT,
  applicant TEXT,
  written_at VARCHAR(24),
  CONSTRAINT pk_dossier PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_dossier_submitted_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', submitted_at) IS submitted_at),
  CONSTRAINT ck_dossier_received_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', received_at) IS received_at),
  CONSTRAINT ck_dossier_due_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', due_at) IS due_at),
  CONSTRAINT ck_dossier_processed_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', processed_at) IS processed_at),
  CONSTRAINT ck_dossier_returned_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', returned_at) IS returned_at),
  CONSTRAINT ck_dossier_stopped_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', stopped_at) IS stopped_at),
  CONSTRAINT ck_dossier_withdrawn_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', withdrawn_at) IS withdrawn_at),
  CONSTRAINT ck_dossier_submitted_at_year CHECK (submitted_at >= '0001-01-01' AND submitted_at < '9999-12-31'),
  CONSTRAINT ck_dossier_received_at_year CHECK (received_at >= '0001-01-01' AND received_at < '9999-12-31'),
  CONSTRAINT ck_dossier_due_at_year CHECK (due_at >= '0001-01-01' AND due_at < '9999-12-31'),
  CONSTRAINT ck_dossier_processed_at_year CHECK (processed_at >= '0001-01-01' AND processed_at < '9999-12-31'),
  CONSTRAINT ck_dossier_returned_at_year CHECK (returned_at >= '0001-01-01' AND returned_at < '9999-12-31'),
  CONSTRAINT ck_dossier_stopped_at_year CHECK (stopped_at >= '0001-01-01' AND stopped_at < '9999-12-31'),
  CONSTRAINT ck_dossier_withdrawn_at_year CHECK (withdrawn_at >= '0001-01-01' AND withdrawn_at < '9999-12-31'),
  CONSTRAINT ck_dossier_written_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', written_at) IS written_at),
  CONSTRAINT ck_dossier_written_at_year CHECK (written_at >= '0001-01-01' AND written_at < '9999-12-31'),
  CONSTRAINT uq_dossier_ward_id_source_id_code UNIQUE (ward_id, source_id, code),
  CONSTRAINT fk_dossier_source FOREIGN KEY(ward_id, source_id) REFERENCES source (ward_id, id),
  CONSTRAINT fk_dossier_hub FOREIGN KEY(ward_id, hub_id) REFERENCES hub (ward_id, id),
  CONSTRAINT fk_dossier_person FOREIGN KEY(ward_id, official_id) REFERENCES person (ward_id, id),
  CONSTRAINT fk_dossier_procedure FOREIGN KEY(procedure_id) REFERENCES procedure (id),
  CONSTRAINT ck_dossier_channel CHECK (channel IN ('in_person', 'online', 'post')),
  CONSTRAINT ck_dossier_level CHECK (level IN ('partial', 'end_to_end')),
  CONSTRAINT ck_dossier_status CHECK (status IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
  CONSTRAINT ck_dossier_payment CHECK (payment IN ('online', 'cash', 'transfer')),
  CONSTRAINT ck_dossier_supplement_count CHECK (supplement_count >= 0),
  CONSTRAINT ck_dossier_fee CHECK (fee >= 0),
  CONSTRAINT ck_dossier_rating CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT ck_dossier_due_on CHECK (date(due_on) IS due_on),
  CONSTRAINT ck_dossier_due_on_year CHECK (due_on >= '0001-01-01' AND due_on < '9999-12-31'),
  CONSTRAINT ck_dossier_numbers CHECK (typeof(supplement_count) = 'integer' AND typeof(fee) IN ('integer', 'null') AND typeof(rating) IN ('integer', 'null')),
  CONSTRAINT ck_dossier_result_electronic CHECK (result_electronic IN (0, 1)),
  CONSTRAINT ck_dossier_components_digitised CHECK (components_digitised IN (0, 1)),
  CONSTRAINT ck_dossier_data_reused CHECK (data_reused IN (0, 1)),
  CONSTRAINT ck_dossier_population_data_used CHECK (population_data_used IN (0, 1)),
  CONSTRAINT ck_dossier_complained CHECK (complained IN (0, 1))
);

CREATE TABLE hub_alias (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  source_id TEXT NOT NULL,
  text TEXT NOT NULL,
  hub_id TEXT NOT NULL,
  CONSTRAINT pk_hub_alias PRIMARY KEY (ward_id, id),
  CONSTRAINT uq_hub_alias_ward_id_source_id_text UNIQUE (ward_id, source_id, text),
  CONSTRAINT fk_hub_alias_source FOREIGN KEY(ward_id, source_id) REFERENCES source (ward_id, id),
  CONSTRAINT fk_hub_alias_hub FOREIGN KEY(ward_id, hub_id) REFERENCES hub (ward_id, id)
);

CREATE TABLE dossier_event (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  dossier_id TEXT NOT NULL,
  at VARCHAR(24) NOT NULL,
  kind TEXT NOT NULL,
  "key" TEXT DEFAULT '' NOT NULL,
  status SMALLINT,
  actor TEXT,
  note TEXT,
  CONSTRAINT pk_dossier_event PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_dossier_event_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', at) IS at),
  CONSTRAINT ck_dossier_event_at_year CHECK (at >= '0001-01-01' AND at < '9999-12-31'),
  CONSTRAINT uq_dossier_event_ward_id_dossier_id_at_kind_key UNIQUE (ward_id, dossier_id, at, kind, "key"),
  CONSTRAINT fk_dossier_event_dossier FOREIGN KEY(ward_id, dossier_id) REFERENCES dossier (ward_id, id) ON DELETE CASCADE,
  CONSTRAINT ck_dossier_event_status CHECK (status IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
);

CREATE TABLE waiting (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
  dossier_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  from_at VARCHAR(24) NOT NULL,
  to_at VARCHAR(24),
  CONSTRAINT pk_waiting PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_waiting_from_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', from_at) IS from_at),
  CONSTRAINT ck_waiting_to_at CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', to_at) IS to_at),
  CONSTRAINT ck_waiting_from_at_year CHECK (from_at >= '0001-01-01' AND from_at < '9999-12-31'),
  CONSTRAINT ck_waiting_to_at_year CHECK (to_at >= '0001-01-01' AND to_at < '9999-12-31'),
  CONSTRAINT uq_waiting_ward_id_dossier_id_kind_from_at UNIQUE (ward_id, dossier_id, kind, from_at),
  CONSTRAINT fk_waiting_dossier FOREIGN KEY(ward_id, dossier_id) REFERENCES dossier (ward_id, id) ON DELETE CASCADE,
  CONSTRAINT ck_waiting_kind CHECK (kind IN ('supplement', 'payment')),
  CONSTRAINT ck_waiting_order CHECK (to_at >= from_at)
);

CREATE TRIGGER dossier_inserted AFTER INSERT ON dossier FOR EACH ROW
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (NEW.ward_id, NEW.id, NEW.source_id);
END;

CREATE TRIGGER dossier_updated AFTER UPDATE ON dossier FOR EACH ROW
WHEN OLD.ward_id IS NOT NEW.ward_id
  OR OLD.id IS NOT NEW.id
  OR OLD.source_id IS NOT NEW.source_id
  OR OLD.code IS NOT NEW.code
  OR OLD.hub_id IS NOT NEW.hub_id
  OR OLD.procedure_id IS NOT NEW.procedure_id
  OR OLD.channel IS NOT NEW.channel
  OR OLD.level IS NOT NEW.level
  OR OLD.status IS NOT NEW.status
  OR OLD.submitted_at IS NOT NEW.submitted_at
  OR OLD.received_at IS NOT NEW.received_at
  OR OLD.due_at IS NOT NEW.due_at
  OR OLD.processed_at IS NOT NEW.processed_at
  OR OLD.returned_at IS NOT NEW.returned_at
  OR OLD.stopped_at IS NOT NEW.stopped_at
  OR OLD.withdrawn_at IS NOT NEW.withdrawn_at
  OR OLD.due_on IS NOT NEW.due_on
  OR OLD.supplement_count IS NOT NEW.supplement_count
  OR OLD.fee IS NOT NEW.fee
  OR OLD.payment IS NOT NEW.payment
  OR OLD.result_electronic IS NOT NEW.result_electronic
  OR OLD.components_digitised IS NOT NEW.components_digitised
  OR OLD.data_reused IS NOT NEW.data_reused
  OR OLD.population_data_used IS NOT NEW.population_data_used
  OR OLD.complained IS NOT NEW.complained
  OR OLD.rating IS NOT NEW.rating
  OR OLD.official_id IS NOT NEW.official_id
  OR OLD.applicant IS NOT NEW.applicant
  OR OLD.written_at IS NOT NEW.written_at
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (NEW.ward_id, NEW.id, NEW.source_id);
END;

CREATE TRIGGER dossier_renamed AFTER UPDATE ON dossier FOR EACH ROW
WHEN OLD.ward_id IS NOT NEW.ward_id
  OR OLD.id IS NOT NEW.id
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (OLD.ward_id, OLD.id, OLD.source_id);
END;

CREATE TRIGGER dossier_deleted AFTER DELETE ON dossier FOR EACH ROW
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (OLD.ward_id, OLD.id, OLD.source_id);
  DELETE FROM waiting WHERE ward_id = OLD.ward_id AND dossier_id = OLD.id;
  DELETE FROM dossier_event WHERE ward_id = OLD.ward_id AND dossier_id = OLD.id;
END;

CREATE TRIGGER dossier_replaced BEFORE INSERT ON dossier FOR EACH ROW
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  SELECT ward_id, id, source_id FROM dossier
  WHERE ward_id = NEW.ward_id AND source_id = NEW.source_id AND code = NEW.code AND id <> NEW.id;
END;

CREATE TRIGGER dossier_unknown BEFORE INSERT ON dossier FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM source WHERE ward_id = NEW.ward_id AND id = NEW.source_id)
  OR NOT EXISTS (SELECT 1 FROM hub WHERE ward_id = NEW.ward_id AND id = NEW.hub_id)
  OR NOT EXISTS (SELECT 1 FROM procedure WHERE id = NEW.procedure_id)
BEGIN
  SELECT RAISE(ABORT, 'dossier: no such source_id, hub_id or procedure_id in this ward');
END;

CREATE TRIGGER dossier_unknown_later BEFORE UPDATE OF ward_id, source_id, hub_id, procedure_id ON dossier FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM source WHERE ward_id = NEW.ward_id AND id = NEW.source_id)
  OR NOT EXISTS (SELECT 1 FROM hub WHERE ward_id = NEW.ward_id AND id = NEW.hub_id)
  OR NOT EXISTS (SELECT 1 FROM procedure WHERE id = NEW.procedure_id)
BEGIN
  SELECT RAISE(ABORT, 'dossier: no such source_id, hub_id or procedure_id in this ward');
END;

CREATE TRIGGER waiting_inserted AFTER INSERT ON waiting FOR EACH ROW
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (NEW.ward_id, NEW.dossier_id, (
    SELECT source_id FROM dossier
    WHERE ward_id = NEW.ward_id AND id = NEW.dossier_id
  ));
END;

CREATE TRIGGER waiting_updated AFTER UPDATE ON waiting FOR EACH ROW
WHEN OLD.ward_id IS NOT NEW.ward_id
  OR OLD.id IS NOT NEW.id
  OR OLD.dossier_id IS NOT NEW.dossier_id
  OR OLD.kind IS NOT NEW.kind
  OR OLD.from_at IS NOT NEW.from_at
  OR OLD.to_at IS NOT NEW.to_at
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (NEW.ward_id, NEW.dossier_id, (
    SELECT source_id FROM dossier
    WHERE ward_id = NEW.ward_id AND id = NEW.dossier_id
  ));
END;

CREATE TRIGGER waiting_moved AFTER UPDATE ON waiting FOR EACH ROW
WHEN OLD.ward_id IS NOT NEW.ward_id
  OR OLD.dossier_id IS NOT NEW.dossier_id
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (OLD.ward_id, OLD.dossier_id, (
    SELECT source_id FROM dossier
    WHERE ward_id = OLD.ward_id AND id = OLD.dossier_id
  ));
END;

CREATE TRIGGER waiting_deleted AFTER DELETE ON waiting FOR EACH ROW
BEGIN
  INSERT INTO change (ward_id, dossier_id, source_id)
  VALUES (OLD.ward_id, OLD.dossier_id, (
    SELECT source_id FROM dossier
    WHERE ward_id = OLD.ward_id AND id = OLD.dossier_id
  ));
END;
