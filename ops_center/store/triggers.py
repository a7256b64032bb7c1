"""The triggers that leave a mark in `change` whenever a dossier or its waiting is written.

Whoever writes, in whatever language: the database itself notices. Marks are appended, never
merged. SQLite triggers use built-in functions only, since a function of ours would make every
foreign INSERT fail. They also see to what PostgreSQL's foreign keys see to, for SQLite minds
foreign keys only in connections that ask it to, and other programs' rarely do. Migrations hold
their own copy of this text; a test compares the two.

What the teams report and what becomes of the plan leave a mark without a dossier: nothing is to
be summed, but screens have news. What a report said before it was corrected is kept.
"""

from ops_center.store.campaign_tables import plan_item
from ops_center.store.tables import dossier

_DOSSIER_COLUMNS = tuple(column.name for column in dossier.columns)
_WAITING_COLUMNS = ("ward_id", "id", "dossier_id", "kind", "from_at", "to_at")


def statements(dialect: str) -> list[str]:
    """The CREATE statements for "sqlite" or "postgresql"."""
    return _sqlite() if dialect == "sqlite" else [*_POSTGRESQL, *_POSTGRESQL_REPORTS]


def _sqlite() -> list[str]:
    return [
        _trigger("dossier_inserted", "AFTER INSERT ON dossier", "", _mark_dossier("NEW")),
        _trigger(
            "dossier_updated",
            "AFTER UPDATE ON dossier",
            _differs(_DOSSIER_COLUMNS),
            _mark_dossier("NEW"),
        ),
        _trigger(
            "dossier_renamed",
            "AFTER UPDATE ON dossier",
            _differs(("ward_id", "id")),
            _mark_dossier("OLD"),
        ),
        _trigger(
            "dossier_deleted", "AFTER DELETE ON dossier", "", _mark_dossier("OLD") + _DELETE_PARTS
        ),
        _trigger("dossier_replaced", "BEFORE INSERT ON dossier", "", _MARK_REPLACED),
        _trigger("dossier_unknown", "BEFORE INSERT ON dossier", _UNKNOWN, _REFUSE_UNKNOWN),
        _trigger(
            "dossier_unknown_later",
            "BEFORE UPDATE OF ward_id, source_id, hub_id, procedure_id ON dossier",
            _UNKNOWN,
            _REFUSE_UNKNOWN,
        ),
        _trigger("waiting_inserted", "AFTER INSERT ON waiting", "", _mark_waiting("NEW")),
        _trigger(
            "waiting_updated",
            "AFTER UPDATE ON waiting",
            _differs(_WAITING_COLUMNS),
            _mark_waiting("NEW"),
        ),
        _trigger(
            "waiting_moved",
            "AFTER UPDATE ON waiting",
            _differs(("ward_id", "dossier_id")),
            _mark_waiting("OLD"),
        ),
        _trigger("waiting_deleted", "AFTER DELETE ON waiting", "", _mark_waiting("OLD")),
        *_reports(),
    ]


def _reports() -> list[str]:
    return [
        _trigger(
            "activity_inserted",
            "AFTER INSERT ON support_activity",
            "",
            f"{_CONFIRM_REPLACED}\n{_mark_report('NEW')}",
        ),
        _trigger(
            "activity_updated",
            "AFTER UPDATE ON support_activity",
            _differs((*_SAID, "source_id")),
            _mark_report("NEW"),
        ),
        _trigger(
            "activity_corrected", "AFTER UPDATE ON support_activity", _differs(_SAID), _KEEP_PAST
        ),
        _trigger("activity_settled", "AFTER UPDATE ON support_activity", "", _FORGET_REPLACED),
        _trigger(
            "activity_deleted",
            "AFTER DELETE ON support_activity",
            "",
            f"{_FORGET_REPLACED}\n{_KEEP_PAST}\n{_mark_report('OLD')}",
        ),
        _trigger("activity_replaced", "BEFORE INSERT ON support_activity", "", _KEEP_REPLACED),
        _trigger(
            "activity_unknown", "BEFORE INSERT ON support_activity", _UNKNOWN_PLACE, _REFUSE_REPORT
        ),
        _trigger(
            "activity_unknown_later",
            "BEFORE UPDATE OF ward_id, hub_id, topic_id, source_id ON support_activity",
            _UNKNOWN_PLACE,
            _REFUSE_REPORT,
        ),
        _trigger("plan_item_insert", "AFTER INSERT ON plan_item", "", _mark_news("NEW")),
        _trigger(
            "plan_item_update", "AFTER UPDATE ON plan_item", _differs(_ITEM), _mark_news("NEW")
        ),
        _trigger("plan_item_delete", "AFTER DELETE ON plan_item", "", _mark_news("OLD")),
    ]


def _trigger(name: str, moment: str, condition: str, action: str) -> str:
    when = f"\nWHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {name} {moment} FOR EACH ROW{when}\nBEGIN\n{action}\nEND"


def _differs(columns: tuple[str, ...]) -> str:
    return "\n  OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)


def _mark_dossier(row: str) -> str:
    return (
        "  INSERT INTO change (ward_id, dossier_id, source_id)\n"
        f"  VALUES ({row}.ward_id, {row}.id, {row}.source_id);"
    )


def _mark_waiting(row: str) -> str:
    return (
        "  INSERT INTO change (ward_id, dossier_id, source_id)\n"
        f"  VALUES ({row}.ward_id, {row}.dossier_id, (\n"
        "    SELECT source_id FROM dossier\n"
        f"    WHERE ward_id = {row}.ward_id AND id = {row}.dossier_id\n"
        "  ));"
    )


def _mark_news(row: str) -> str:
    return f"  INSERT INTO change (ward_id, dossier_id) VALUES ({row}.ward_id, '');"


_ITEM = tuple(column.name for column in plan_item.columns)


def _mark_report(row: str) -> str:
    return (
        "  INSERT INTO change (ward_id, dossier_id, source_id)\n"
        f"  VALUES ({row}.ward_id, '', {row}.source_id);"
    )


_SAID = ("hub_id", "day", "topic_id", "team", "amount", "reported_by", "reported_at")
_PAST_COLUMNS = f"ward_id, activity_id, {', '.join(_SAID)}"
_KEEP_PAST = f"""\
  INSERT INTO activity_past ({_PAST_COLUMNS})
  VALUES (OLD.ward_id, OLD.id, {", ".join(f"OLD.{name}" for name in _SAID)});"""

# INSERT OR REPLACE tells no trigger of the row that it deletes, and before an INSERT nobody knows
# whether it will replace, update (ON CONFLICT) or do nothing. So the past is kept beforehand,
# under an id that says so: an inserted row confirms it, an updated or deleted one has its own
# trigger, and what an INSERT that did nothing left behind goes with the next one.
_REPLACED = "ward_id = {row}.ward_id AND id >= 'replaced ' AND id < 'replaced!'"
_FORGET_REPLACED = f"  DELETE FROM activity_past WHERE {_REPLACED.format(row='OLD')};"
_KEEP_REPLACED = f"""\
  DELETE FROM activity_past WHERE {_REPLACED.format(row="NEW")};
  INSERT INTO activity_past (id, {_PAST_COLUMNS})
  SELECT 'replaced ' || id, ward_id, id, {", ".join(_SAID)} FROM support_activity
  WHERE ward_id = NEW.ward_id AND (id = NEW.id OR hub_id = NEW.hub_id AND day = NEW.day
    AND topic_id = NEW.topic_id AND team = NEW.team);"""
_CONFIRM_REPLACED = f"""\
  DELETE FROM activity_past WHERE {_REPLACED.format(row="NEW")}
    AND {" AND ".join(f"{name} = NEW.{name}" for name in _SAID)};
  UPDATE activity_past SET id = lower(hex(randomblob(16)))
  WHERE {_REPLACED.format(row="NEW")};"""

_UNKNOWN_PLACE = """\
NOT EXISTS (SELECT 1 FROM hub WHERE ward_id = NEW.ward_id AND id = NEW.hub_id)
  OR NOT EXISTS (SELECT 1 FROM topic WHERE id = NEW.topic_id)
  OR NEW.source_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM source WHERE ward_id = NEW.ward_id AND id = NEW.source_id)"""

_REFUSE_REPORT = """\
  SELECT RAISE(ABORT, 'support_activity: no such hub_id, topic_id or source_id in this ward');"""

# INSERT OR REPLACE deletes the old row without telling any trigger: mark it beforehand.
_MARK_REPLACED = """\
  INSERT INTO change (ward_id, dossier_id, source_id)
  SELECT ward_id, id, source_id FROM dossier
  WHERE ward_id = NEW.ward_id AND source_id = NEW.source_id AND code = NEW.code AND id <> NEW.id;"""

_DELETE_PARTS = """
  DELETE FROM waiting WHERE ward_id = OLD.ward_id AND dossier_id = OLD.id;
  DELETE FROM dossier_event WHERE ward_id = OLD.ward_id AND dossier_id = OLD.id;"""

_UNKNOWN = """\
NOT EXISTS (SELECT 1 FROM source WHERE ward_id = NEW.ward_id AND id = NEW.source_id)
  OR NOT EXISTS (SELECT 1 FROM hub WHERE ward_id = NEW.ward_id AND id = NEW.hub_id)
  OR NOT EXISTS (SELECT 1 FROM procedure WHERE id = NEW.procedure_id)"""

_REFUSE_UNKNOWN = """\
  SELECT RAISE(ABORT, 'dossier: no such source_id, hub_id or procedure_id in this ward');"""

_POSTGRESQL = (
    """\
CREATE FUNCTION mark_dossier() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.change (ward_id, dossier_id, source_id)
    VALUES (NEW.ward_id, NEW.id, NEW.source_id);
  END IF;
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.ward_id, OLD.id) <> (NEW.ward_id, NEW.id)) THEN
    INSERT INTO public.change (ward_id, dossier_id, source_id)
    VALUES (OLD.ward_id, OLD.id, OLD.source_id);
  END IF;
  RETURN NULL;
END $$""",
    """\
CREATE FUNCTION mark_waiting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.change (ward_id, dossier_id, source_id)
    VALUES (NEW.ward_id, NEW.dossier_id, (
      SELECT d.source_id FROM public.dossier d
      WHERE d.ward_id = NEW.ward_id AND d.id = NEW.dossier_id
    ));
  END IF;
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE'
    AND (OLD.ward_id, OLD.dossier_id) <> (NEW.ward_id, NEW.dossier_id)) THEN
    INSERT INTO public.change (ward_id, dossier_id, source_id)
    VALUES (OLD.ward_id, OLD.dossier_id, (
      SELECT d.source_id FROM public.dossier d
      WHERE d.ward_id = OLD.ward_id AND d.id = OLD.dossier_id
    ));
  END IF;
  RETURN NULL;
END $$""",
    "REVOKE ALL ON FUNCTION mark_dossier() FROM PUBLIC",
    "REVOKE ALL ON FUNCTION mark_waiting() FROM PUBLIC",
    """\
CREATE TRIGGER dossier_written AFTER INSERT OR DELETE ON dossier
FOR EACH ROW EXECUTE FUNCTION mark_dossier()""",
    """\
CREATE TRIGGER dossier_updated AFTER UPDATE ON dossier
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION mark_dossier()""",
    """\
CREATE TRIGGER waiting_written AFTER INSERT OR DELETE ON waiting
FOR EACH ROW EXECUTE FUNCTION mark_waiting()""",
    """\
CREATE TRIGGER waiting_updated AFTER UPDATE ON waiting
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION mark_waiting()""",
)

_POSTGRESQL_REPORTS = (
    """\
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
END $$""",
    """\
CREATE FUNCTION mark_news() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO public.change (ward_id, dossier_id) VALUES (OLD.ward_id, '');
  ELSE
    INSERT INTO public.change (ward_id, dossier_id) VALUES (NEW.ward_id, '');
  END IF;
  RETURN NULL;
END $$""",
    """\
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
END $$""",
    "REVOKE ALL ON FUNCTION mark_report() FROM PUBLIC",
    "REVOKE ALL ON FUNCTION mark_news() FROM PUBLIC",
    "REVOKE ALL ON FUNCTION keep_activity() FROM PUBLIC",
    """\
CREATE TRIGGER activity_written AFTER INSERT OR DELETE ON support_activity
FOR EACH ROW EXECUTE FUNCTION mark_report()""",
    """\
CREATE TRIGGER activity_updated AFTER UPDATE ON support_activity
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION mark_report()""",
    """\
CREATE TRIGGER activity_corrected AFTER UPDATE OR DELETE ON support_activity
FOR EACH ROW EXECUTE FUNCTION keep_activity()""",
    """\
CREATE TRIGGER plan_item_written AFTER INSERT OR DELETE ON plan_item
FOR EACH ROW EXECUTE FUNCTION mark_news()""",
    """\
CREATE TRIGGER plan_item_updated AFTER UPDATE ON plan_item
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION mark_news()""",
)
