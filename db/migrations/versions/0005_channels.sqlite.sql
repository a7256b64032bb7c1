-- Sums by hub and channel, durations by channel; wider indexes of what is open.
CREATE TABLE channel_cell (
  ward_id TEXT NOT NULL,
  day DATE NOT NULL,
  hub_id TEXT NOT NULL,
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
  CONSTRAINT pk_channel_cell PRIMARY KEY (ward_id, day, hub_id, channel_level)
);

CREATE TABLE channel_duration (
  ward_id TEXT NOT NULL,
  channel_level TEXT NOT NULL,
  day DATE NOT NULL,
  bin INTEGER NOT NULL,
  n BIGINT NOT NULL,
  CONSTRAINT pk_channel_duration PRIMARY KEY (ward_id, channel_level, day, bin)
);

INSERT INTO channel_cell (ward_id, day, hub_id, channel_level, submitted, accepted, refused, received, online, end_to_end, post, early, on_time, late, no_due, stopped, withdrawn, with_fee, paid_online, result_qualifying, result_electronic, digitisable, digitised, reusable, reused, population_qualifying, population_used, complained, complained_or_late, rated, satisfied, rating_sum, timed, worked_minutes, processed, returned, overdue_in, overdue_out, suspended_in, suspended_out, no_due_in, no_due_out)
SELECT ward_id, day, hub_id, channel_level, sum(submitted), sum(accepted), sum(refused), sum(received), sum(online), sum(end_to_end), sum(post), sum(early), sum(on_time), sum(late), sum(no_due), sum(stopped), sum(withdrawn), sum(with_fee), sum(paid_online), sum(result_qualifying), sum(result_electronic), sum(digitisable), sum(digitised), sum(reusable), sum(reused), sum(population_qualifying), sum(population_used), sum(complained), sum(complained_or_late), sum(rated), sum(satisfied), sum(rating_sum), sum(timed), sum(worked_minutes), sum(processed), sum(returned), sum(overdue_in), sum(overdue_out), sum(suspended_in), sum(suspended_out), sum(no_due_in), sum(no_due_out)
FROM cell GROUP BY ward_id, day, hub_id, channel_level;

INSERT INTO channel_duration (ward_id, channel_level, day, bin, n)
SELECT ward_id, channel_level, day, bin, sum(n)
FROM duration_cell GROUP BY ward_id, channel_level, day, bin;

-- What is counted by procedure and channel, too, from the index alone.
DROP INDEX ix_clock_due;
CREATE INDEX ix_clock_due ON dossier_clock (ward_id, ended_at, overdue_at, due_at, hub_id, received_at, dossier_id, procedure_id, channel_level) WHERE received_at IS NOT NULL AND ended_at IS NULL;
DROP INDEX ix_clock_open;
CREATE INDEX ix_clock_open ON dossier_clock (ward_id, ended_at, hub_id, received_at, procedure_id, channel_level) WHERE received_at IS NOT NULL AND ended_at IS NULL;
DROP INDEX ix_clock_reception;
CREATE INDEX ix_clock_reception ON dossier_clock (ward_id, accepted_at, hub_id, submitted_at, procedure_id, channel_level) WHERE submitted_at IS NOT NULL AND accepted_at IS NULL;
DROP INDEX ix_span_to_at;
CREATE INDEX ix_span_to_at ON dossier_span (ward_id, state, to_at, from_at, hub_id, procedure_id, channel_level);
