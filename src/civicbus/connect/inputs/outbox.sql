-- An outbox for civicbus, in Debezium's layout with three columns more.
--
-- Write a row in the very transaction that changes your register, and nothing else is needed:
--   INSERT INTO civicbus_outbox (aggregatetype, aggregateid, type, payload)
--   VALUES ('person', '4711', 'DEATH', '{"entry": "815", "person": "...", ...}');
-- What is committed together is told together; what is rolled back is never told.
CREATE TABLE civicbus_outbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  aggregatetype varchar(255) NOT NULL,
  aggregateid varchar(255) NOT NULL,
  type varchar(255) NOT NULL,
  payload jsonb NOT NULL,
  -- Not Debezium's: the order within a transaction, which transaction, and when it began.
  position bigint GENERATED ALWAYS AS IDENTITY,
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX civicbus_outbox_order ON civicbus_outbox (transaction_id, position);
CREATE UNIQUE INDEX civicbus_outbox_position ON civicbus_outbox (position);

CREATE FUNCTION civicbus_outbox_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'rows of an outbox are never changed; insert what is so now';
  END IF;
  -- Whoever reads relies on them, so nobody else may give them.
  NEW.transaction_id := pg_current_xact_id();
  NEW.recorded_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER civicbus_outbox_stamp BEFORE INSERT OR UPDATE ON civicbus_outbox
  FOR EACH ROW EXECUTE FUNCTION civicbus_outbox_stamp();

-- Wakes the connector when the transaction is committed; without it the connector looks by itself
-- every second. Leave it out if your transactions are prepared (two-phase commit, XA): PostgreSQL
-- prepares none that notifies.
CREATE FUNCTION civicbus_outbox_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_TABLE_NAME, '');
  RETURN NULL;
END $$;
CREATE TRIGGER civicbus_outbox_call AFTER INSERT ON civicbus_outbox
  FOR EACH STATEMENT EXECUTE FUNCTION civicbus_outbox_call();

-- For the connector, a role that can only read:
--   CREATE ROLE civicbus_connector LOGIN PASSWORD '...';
--   GRANT SELECT ON civicbus_outbox TO civicbus_connector;
--   GRANT pg_read_all_stats TO civicbus_connector;  -- to see since when transactions are open
-- Old rows may go, but never the last one, by which the connector sees that this is the same table:
--   DELETE FROM civicbus_outbox WHERE recorded_at < now() - interval '30 days'
--     AND position < (SELECT max(position) FROM civicbus_outbox);
