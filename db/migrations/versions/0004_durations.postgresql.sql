-- Durations by week, of a hub or of a procedure and channel.
CREATE TABLE hub_duration (
  ward_id TEXT NOT NULL,
  hub_id TEXT NOT NULL,
  week DATE NOT NULL,
  bin INTEGER NOT NULL,
  n BIGINT NOT NULL,
  CONSTRAINT pk_hub_duration PRIMARY KEY (ward_id, hub_id, week, bin)
);

CREATE TABLE kind_duration (
  ward_id TEXT NOT NULL,
  channel_level TEXT NOT NULL,
  procedure_id TEXT NOT NULL,
  week DATE NOT NULL,
  bin INTEGER NOT NULL,
  n BIGINT NOT NULL,
  CONSTRAINT pk_kind_duration PRIMARY KEY (ward_id, channel_level, procedure_id, week, bin)
);

INSERT INTO hub_duration (ward_id, hub_id, week, bin, n)
SELECT ward_id, hub_id, CAST(date_trunc('week', day) AS date), bin, sum(n)
FROM duration_cell GROUP BY ward_id, hub_id, CAST(date_trunc('week', day) AS date), bin;

INSERT INTO kind_duration (ward_id, channel_level, procedure_id, week, bin, n)
SELECT ward_id, channel_level, procedure_id, CAST(date_trunc('week', day) AS date), bin, sum(n)
FROM duration_cell GROUP BY ward_id, channel_level, procedure_id, CAST(date_trunc('week', day) AS date), bin;
