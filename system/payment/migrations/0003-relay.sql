-- Who publishes the outbox: one relay at a time, until its lease ends by this database's clock. `fence`
-- numbers the claims: what a relay writes takes effect only while its claim is the last one.
CREATE TABLE outbox_lease (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  holder text NOT NULL,
  fence bigint NOT NULL,
  ends_at timestamptz NOT NULL
);
INSERT INTO outbox_lease (holder, fence, ends_at) VALUES ('', 0, clock_timestamp());

-- What the broker refuses for good, each time that it is sent, becomes a dead letter after some attempts.
-- An operator has it sent again or throws it away; until then all that has its key waits.
ALTER TABLE outbox
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN refusal text,
  ADD COLUMN dead_at_ms bigint;

CREATE INDEX outbox_dead ON outbox (id) WHERE dead_at_ms IS NOT NULL;
