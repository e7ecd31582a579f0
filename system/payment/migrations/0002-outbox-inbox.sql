-- Events that this service has committed to sending. The relay reads what is unsent in id order and
-- marks it sent only after the broker has acknowledged it.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL UNIQUE,
  topic text NOT NULL,
  message_key text NOT NULL,
  payload text NOT NULL,
  appended_at_ms bigint NOT NULL,
  sent_at_ms bigint
);

CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at_ms IS NULL;
CREATE INDEX outbox_message_key ON outbox (message_key);

-- Events that this service has taken in: claimed in the transaction that holds their effect.
CREATE TABLE inbox (
  event_id text PRIMARY KEY,
  topic text NOT NULL,
  claimed_at_ms bigint NOT NULL
);

-- Messages that do not parse, set aside with the reason so that their partition goes on.
CREATE TABLE dead_letters (
  topic text NOT NULL,
  partition_id integer NOT NULL,
  message_offset bigint NOT NULL,
  payload text NOT NULL,
  reason text NOT NULL,
  set_aside_at_ms bigint NOT NULL,
  PRIMARY KEY (topic, partition_id, message_offset)
);
