-- The campaign's indicators, reports and plan; the evaluation; the letters.
CREATE TABLE activity_past (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  activity_id TEXT NOT NULL,
  hub_id TEXT NOT NULL,
  day DATE NOT NULL,
  topic_id TEXT NOT NULL,
  team TEXT NOT NULL,
  amount INTEGER NOT NULL,
  reported_by TEXT NOT NULL,
  reported_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  replaced_at TIMESTAMP(3) WITH TIME ZONE DEFAULT (clock_timestamp()) NOT NULL,
  CONSTRAINT pk_activity_past PRIMARY KEY (ward_id, id)
);

CREATE INDEX ix_past_activity ON activity_past (ward_id, activity_id, replaced_at);

CREATE TABLE topic (
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  name_ar TEXT,
  unit TEXT DEFAULT '' NOT NULL,
  position INTEGER DEFAULT 0 NOT NULL,
  active BOOLEAN DEFAULT true NOT NULL,
  CONSTRAINT pk_topic PRIMARY KEY (id)
);

CREATE TABLE closed_period (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  rules TEXT NOT NULL,
  rules_hash TEXT NOT NULL,
  period TEXT NOT NULL,
  subject TEXT DEFAULT '' NOT NULL,
  closed_by TEXT DEFAULT '' NOT NULL,
  closed_at TIMESTAMP(3) WITH TIME ZONE DEFAULT (clock_timestamp()) NOT NULL,
  reading TEXT NOT NULL,
  CONSTRAINT pk_closed_period PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_closed_period_closed_at_year CHECK (closed_at >= '0001-01-01' AND closed_at < '9999-12-31'),
  CONSTRAINT uq_closed_period_ward_id_rules_period_subject UNIQUE (ward_id, rules, period, subject),
  CONSTRAINT fk_closed_period_ward FOREIGN KEY(ward_id) REFERENCES ward (id)
);

CREATE TABLE evaluation_input (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  indicator TEXT NOT NULL,
  period TEXT NOT NULL,
  subject TEXT DEFAULT '' NOT NULL,
  numerator FLOAT NOT NULL,
  denominator FLOAT NOT NULL,
  evidence TEXT DEFAULT '' NOT NULL,
  entered_by TEXT DEFAULT '' NOT NULL,
  entered_at TIMESTAMP(3) WITH TIME ZONE DEFAULT (clock_timestamp()) NOT NULL,
  CONSTRAINT pk_evaluation_input PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_evaluation_input_entered_at_year CHECK (entered_at >= '0001-01-01' AND entered_at < '9999-12-31'),
  CONSTRAINT uq_evaluation_input_ward_id_indicator_period_subject UNIQUE (ward_id, indicator, period, subject),
  CONSTRAINT fk_evaluation_input_ward FOREIGN KEY(ward_id) REFERENCES ward (id),
  CONSTRAINT ck_evaluation_input_amounts CHECK (numerator >= 0 AND denominator >= 0)
);

CREATE TABLE letter (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  kind TEXT NOT NULL,
  slot TEXT NOT NULL,
  scope TEXT NOT NULL,
  language TEXT NOT NULL,
  sections TEXT DEFAULT '' NOT NULL,
  revision BIGINT NOT NULL,
  as_of TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  written_at TIMESTAMP(3) WITH TIME ZONE DEFAULT (clock_timestamp()) NOT NULL,
  missing TEXT DEFAULT '' NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  plain TEXT NOT NULL,
  CONSTRAINT pk_letter PRIMARY KEY (ward_id, id),
  CONSTRAINT uq_letter_ward_id_kind_slot_scope_language_sections UNIQUE (ward_id, kind, slot, scope, language, sections),
  CONSTRAINT fk_letter_ward FOREIGN KEY(ward_id) REFERENCES ward (id)
);

CREATE TABLE official_score (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  rules TEXT NOT NULL,
  indicator TEXT NOT NULL,
  period TEXT NOT NULL,
  subject TEXT DEFAULT '' NOT NULL,
  points FLOAT NOT NULL,
  evidence TEXT DEFAULT '' NOT NULL,
  entered_by TEXT DEFAULT '' NOT NULL,
  entered_at TIMESTAMP(3) WITH TIME ZONE DEFAULT (clock_timestamp()) NOT NULL,
  CONSTRAINT pk_official_score PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_official_score_entered_at_year CHECK (entered_at >= '0001-01-01' AND entered_at < '9999-12-31'),
  CONSTRAINT uq_official_score_ward_id_rules_indicator_period_subject UNIQUE (ward_id, rules, indicator, period, subject),
  CONSTRAINT fk_official_score_ward FOREIGN KEY(ward_id) REFERENCES ward (id)
);

CREATE TABLE indicator (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  campaign_id TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  name_ar TEXT,
  position INTEGER DEFAULT 0 NOT NULL,
  kind TEXT NOT NULL,
  metric TEXT,
  topic_id TEXT,
  base_topic_id TEXT,
  unit TEXT DEFAULT '' NOT NULL,
  lower_is_better BOOLEAN DEFAULT false NOT NULL,
  target FLOAT,
  split TEXT DEFAULT 'none' NOT NULL,
  plan TEXT DEFAULT 'straight' NOT NULL,
  weight FLOAT DEFAULT 1 NOT NULL,
  CONSTRAINT pk_indicator PRIMARY KEY (ward_id, id),
  CONSTRAINT uq_indicator_ward_id_campaign_id_code UNIQUE (ward_id, campaign_id, code),
  CONSTRAINT fk_indicator_campaign FOREIGN KEY(ward_id, campaign_id) REFERENCES campaign (ward_id, id),
  CONSTRAINT fk_indicator_topic FOREIGN KEY(topic_id) REFERENCES topic (id),
  CONSTRAINT fk_indicator_base_topic FOREIGN KEY(base_topic_id) REFERENCES topic (id),
  CONSTRAINT ck_indicator_kind CHECK (kind IN ('count', 'ratio', 'level')),
  CONSTRAINT ck_indicator_split CHECK (split IN ('none', 'population', 'households', 'equal', 'given')),
  CONSTRAINT ck_indicator_plan CHECK (plan IN ('straight', 'working_days', 'milestones')),
  CONSTRAINT ck_indicator_what CHECK ((metric IS NULL) <> (topic_id IS NULL)),
  CONSTRAINT ck_indicator_weight CHECK (weight >= 0)
);

CREATE TABLE letter_part (
  ward_id TEXT NOT NULL,
  letter_id TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  content BYTEA NOT NULL,
  CONSTRAINT pk_letter_part PRIMARY KEY (ward_id, letter_id, name),
  CONSTRAINT fk_letter_part_letter FOREIGN KEY(ward_id, letter_id) REFERENCES letter (ward_id, id) ON DELETE CASCADE
);

CREATE TABLE petition (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  code TEXT NOT NULL,
  hub_id TEXT,
  received_on DATE NOT NULL,
  due_on DATE,
  answered_on DATE,
  resolved BOOLEAN,
  CONSTRAINT pk_petition PRIMARY KEY (ward_id, id),
  CONSTRAINT uq_petition_ward_id_code UNIQUE (ward_id, code),
  CONSTRAINT fk_petition_ward FOREIGN KEY(ward_id) REFERENCES ward (id),
  CONSTRAINT fk_petition_hub FOREIGN KEY(ward_id, hub_id) REFERENCES hub (ward_id, id),
  CONSTRAINT ck_petition_received_on_year CHECK (received_on >= '0001-01-01' AND received_on < '9999-12-31')
);

CREATE INDEX ix_petition_received ON petition (ward_id, received_on);

CREATE TABLE subscription (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  person_id TEXT NOT NULL,
  language TEXT DEFAULT 'vi' NOT NULL,
  sections TEXT DEFAULT '' NOT NULL,
  days TEXT DEFAULT 'daily' NOT NULL,
  local_time TEXT DEFAULT '07:00' NOT NULL,
  time_zone TEXT DEFAULT 'Asia/Ho_Chi_Minh' NOT NULL,
  format TEXT DEFAULT 'html' NOT NULL,
  workbook BOOLEAN DEFAULT false NOT NULL,
  report BOOLEAN DEFAULT false NOT NULL,
  active BOOLEAN DEFAULT true NOT NULL,
  since TIMESTAMP(3) WITH TIME ZONE DEFAULT (clock_timestamp()) NOT NULL,
  unsubscribed_at TIMESTAMP(3) WITH TIME ZONE,
  CONSTRAINT pk_subscription PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_subscription_since_year CHECK (since >= '0001-01-01' AND since < '9999-12-31'),
  CONSTRAINT ck_subscription_unsubscribed_at_year CHECK (unsubscribed_at >= '0001-01-01' AND unsubscribed_at < '9999-12-31'),
  CONSTRAINT uq_subscription_ward_id_person_id_local_time UNIQUE (ward_id, person_id, local_time),
  CONSTRAINT fk_subscription_person FOREIGN KEY(ward_id, person_id) REFERENCES person (ward_id, id),
  CONSTRAINT ck_subscription_language CHECK (language IN ('vi', 'en', 'ar')),
  CONSTRAINT ck_subscription_format CHECK (format IN ('html', 'text'))
);

CREATE TABLE support_activity (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  hub_id TEXT NOT NULL,
  day DATE NOT NULL,
  topic_id TEXT NOT NULL,
  team TEXT DEFAULT '' NOT NULL,
  amount INTEGER NOT NULL,
  reported_by TEXT DEFAULT '' NOT NULL,
  reported_at TIMESTAMP(3) WITH TIME ZONE DEFAULT (clock_timestamp()) NOT NULL,
  source_id TEXT,
  CONSTRAINT pk_support_activity PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_support_activity_reported_at_year CHECK (reported_at >= '0001-01-01' AND reported_at < '9999-12-31'),
  CONSTRAINT uq_support_activity_ward_id_hub_id_day_topic_id_team UNIQUE (ward_id, hub_id, day, topic_id, team),
  CONSTRAINT fk_support_activity_hub FOREIGN KEY(ward_id, hub_id) REFERENCES hub (ward_id, id),
  CONSTRAINT fk_support_activity_source FOREIGN KEY(ward_id, source_id) REFERENCES source (ward_id, id),
  CONSTRAINT fk_support_activity_topic FOREIGN KEY(topic_id) REFERENCES topic (id),
  CONSTRAINT ck_support_activity_amount CHECK (amount >= 0),
  CONSTRAINT ck_support_activity_day_year CHECK (day >= '0001-01-01' AND day < '9999-12-31')
);

CREATE INDEX ix_activity_day ON support_activity (ward_id, day, topic_id, hub_id, amount);

CREATE INDEX ix_activity_reported ON support_activity (ward_id, reported_at, hub_id);

CREATE INDEX ix_activity_topic ON support_activity (ward_id, topic_id, day, hub_id, amount);

CREATE TABLE hub_target (
  ward_id TEXT NOT NULL,
  indicator_id TEXT NOT NULL,
  hub_id TEXT NOT NULL,
  target FLOAT NOT NULL,
  CONSTRAINT pk_hub_target PRIMARY KEY (ward_id, indicator_id, hub_id),
  CONSTRAINT fk_hub_target_indicator FOREIGN KEY(ward_id, indicator_id) REFERENCES indicator (ward_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_hub_target_hub FOREIGN KEY(ward_id, hub_id) REFERENCES hub (ward_id, id)
);

CREATE TABLE milestone (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  campaign_id TEXT NOT NULL,
  indicator_id TEXT,
  day DATE NOT NULL,
  name TEXT DEFAULT '' NOT NULL,
  value FLOAT,
  CONSTRAINT pk_milestone PRIMARY KEY (ward_id, id),
  CONSTRAINT uq_milestone_ward_id_campaign_id_indicator_id_day UNIQUE (ward_id, campaign_id, indicator_id, day),
  CONSTRAINT fk_milestone_campaign FOREIGN KEY(ward_id, campaign_id) REFERENCES campaign (ward_id, id),
  CONSTRAINT fk_milestone_indicator FOREIGN KEY(ward_id, indicator_id) REFERENCES indicator (ward_id, id) ON DELETE CASCADE,
  CONSTRAINT ck_milestone_day_year CHECK (day >= '0001-01-01' AND day < '9999-12-31')
);

CREATE TABLE outbox (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  kind TEXT NOT NULL,
  slot TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subscription_id TEXT,
  letter_id TEXT,
  due_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  next_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  until TIMESTAMP(3) WITH TIME ZONE,
  sent_at TIMESTAMP(3) WITH TIME ZONE,
  told_at TIMESTAMP(3) WITH TIME ZONE,
  state TEXT DEFAULT 'waiting' NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  holder TEXT,
  message_id TEXT NOT NULL,
  reply TEXT DEFAULT '' NOT NULL,
  reason TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_outbox PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_outbox_due_at_year CHECK (due_at >= '0001-01-01' AND due_at < '9999-12-31'),
  CONSTRAINT ck_outbox_next_at_year CHECK (next_at >= '0001-01-01' AND next_at < '9999-12-31'),
  CONSTRAINT ck_outbox_until_year CHECK (until >= '0001-01-01' AND until < '9999-12-31'),
  CONSTRAINT ck_outbox_sent_at_year CHECK (sent_at >= '0001-01-01' AND sent_at < '9999-12-31'),
  CONSTRAINT ck_outbox_told_at_year CHECK (told_at >= '0001-01-01' AND told_at < '9999-12-31'),
  CONSTRAINT uq_outbox_ward_id_kind_slot_subscription_id UNIQUE (ward_id, kind, slot, subscription_id),
  CONSTRAINT fk_outbox_subscription FOREIGN KEY(ward_id, subscription_id) REFERENCES subscription (ward_id, id),
  CONSTRAINT fk_outbox_letter FOREIGN KEY(ward_id, letter_id) REFERENCES letter (ward_id, id),
  CONSTRAINT ck_outbox_state CHECK (state IN ('waiting', 'held', 'sending', 'retry', 'sent', 'refused', 'skipped'))
);

CREATE INDEX ix_outbox_due ON outbox (ward_id, due_at);

CREATE INDEX ix_outbox_unsettled ON outbox (ward_id, next_at) WHERE state IN ('waiting', 'held', 'sending', 'retry');

CREATE UNIQUE INDEX ux_outbox_notice ON outbox (ward_id, kind, slot, recipient) WHERE subscription_id IS NULL;

CREATE TABLE plan_item (
  ward_id TEXT NOT NULL,
  id TEXT DEFAULT (replace(gen_random_uuid()::text, '-', '')) NOT NULL,
  campaign_id TEXT NOT NULL,
  code TEXT NOT NULL,
  phase TEXT DEFAULT '' NOT NULL,
  content TEXT NOT NULL,
  deliverable TEXT DEFAULT '' NOT NULL,
  owner_id TEXT,
  starts_on DATE NOT NULL,
  due_on DATE NOT NULL,
  done_on DATE,
  indicator_id TEXT,
  progress INTEGER DEFAULT 0 NOT NULL,
  state TEXT DEFAULT 'planned' NOT NULL,
  evidence TEXT DEFAULT '' NOT NULL,
  weight FLOAT DEFAULT 1 NOT NULL,
  written_at TIMESTAMP(3) WITH TIME ZONE,
  CONSTRAINT pk_plan_item PRIMARY KEY (ward_id, id),
  CONSTRAINT ck_plan_item_written_at_year CHECK (written_at >= '0001-01-01' AND written_at < '9999-12-31'),
  CONSTRAINT uq_plan_item_ward_id_campaign_id_code UNIQUE (ward_id, campaign_id, code),
  CONSTRAINT fk_plan_item_campaign FOREIGN KEY(ward_id, campaign_id) REFERENCES campaign (ward_id, id),
  CONSTRAINT fk_plan_item_person FOREIGN KEY(ward_id, owner_id) REFERENCES person (ward_id, id),
  CONSTRAINT fk_plan_item_indicator FOREIGN KEY(ward_id, indicator_id) REFERENCES indicator (ward_id, id),
  CONSTRAINT ck_plan_item_state CHECK (state IN ('planned', 'under_way', 'done', 'cancelled')),
  CONSTRAINT ck_plan_item_progress CHECK (progress BETWEEN 0 AND 100),
  CONSTRAINT ck_plan_item_order CHECK (due_on >= starts_on),
  CONSTRAINT ck_plan_item_weight CHECK (weight >= 0),
  CONSTRAINT ck_plan_item_starts_on_year CHECK (starts_on >= '0001-01-01' AND starts_on < '9999-12-31'),
  CONSTRAINT ck_plan_item_due_on_year CHECK (due_on >= '0001-01-01' AND due_on < '9999-12-31')
);

CREATE TABLE subscription_hub (
  ward_id TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  hub_id TEXT NOT NULL,
  CONSTRAINT pk_subscription_hub PRIMARY KEY (ward_id, subscription_id, hub_id),
  CONSTRAINT fk_subscription_hub_subscription FOREIGN KEY(ward_id, subscription_id) REFERENCES subscription (ward_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_subscription_hub_hub FOREIGN KEY(ward_id, hub_id) REFERENCES hub (ward_id, id)
);

CREATE TABLE plan_coordinator (
  ward_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  CONSTRAINT pk_plan_coordinator PRIMARY KEY (ward_id, item_id, person_id),
  CONSTRAINT fk_plan_coordinator_plan_item FOREIGN KEY(ward_id, item_id) REFERENCES plan_item (ward_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_plan_coordinator_person FOREIGN KEY(ward_id, person_id) REFERENCES person (ward_id, id)
);

CREATE FUNCTION mark_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.change (ward_id, dossier_id, source_id)
    VALUES (NEW.ward_id, '', NEW.source_id);
  ELSE
    INSERT INTO public.change (ward_id, dossier_id, source_id)
    VALUES (OLD.ward_id, '', OLD.source_id);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION mark_news() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO public.change (ward_id, dossier_id) VALUES (OLD.ward_id, '');
  ELSE
    INSERT INTO public.change (ward_id, dossier_id) VALUES (NEW.ward_id, '');
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION keep_activity() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
    (OLD.hub_id, OLD.day, OLD.topic_id, OLD.team, OLD.amount, OLD.reported_by, OLD.reported_at)
    <> (NEW.hub_id, NEW.day, NEW.topic_id, NEW.team, NEW.amount, NEW.reported_by, NEW.reported_at)
  THEN
    INSERT INTO public.activity_past
      (ward_id, activity_id, hub_id, day, topic_id, team, amount, reported_by, reported_at)
    VALUES (OLD.ward_id, OLD.id, OLD.hub_id, OLD.day, OLD.topic_id, OLD.team, OLD.amount,
      OLD.reported_by, OLD.reported_at);
  END IF;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION mark_report() FROM PUBLIC;

REVOKE ALL ON FUNCTION mark_news() FROM PUBLIC;

REVOKE ALL ON FUNCTION keep_activity() FROM PUBLIC;

CREATE TRIGGER activity_written AFTER INSERT OR DELETE ON support_activity
FOR EACH ROW EXECUTE FUNCTION mark_report();

CREATE TRIGGER activity_updated AFTER UPDATE ON support_activity
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION mark_report();

CREATE TRIGGER activity_corrected AFTER UPDATE OR DELETE ON support_activity
FOR EACH ROW EXECUTE FUNCTION keep_activity();

CREATE TRIGGER plan_item_written AFTER INSERT OR DELETE ON plan_item
FOR EACH ROW EXECUTE FUNCTION mark_news();

CREATE TRIGGER plan_item_updated AFTER UPDATE ON plan_item
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION mark_news();
