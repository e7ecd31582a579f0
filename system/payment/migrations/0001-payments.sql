-- The payment service's own database. Money is whole minor units (baisa for OMR); times are
-- milliseconds since the epoch, taken from the service's clock. `written_in` is the transaction that wrote
-- a row last: reconciliation reads what was written since it looked the last time, and misses nothing, as
-- it would by a time or by a number that is drawn before the commit.

CREATE TABLE payments (
  id text PRIMARY KEY,
  sender_wallet_id text NOT NULL,
  receiver_wallet_id text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('PENDING', 'COMPLETED', 'FAILED')),
  reason text,
  -- The payment that this one gives back, in whole or in part.
  reverses_payment_id text REFERENCES payments (id),
  accepted_at_ms bigint NOT NULL,
  settled_at_ms bigint,
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX payments_written ON payments (written_in, id);
-- What is under way.
CREATE INDEX payments_pending ON payments (accepted_at_ms, id) WHERE status = 'PENDING';

-- Lists are read in this order, page by page.
CREATE INDEX payments_accepted ON payments (accepted_at_ms, id);
CREATE INDEX payments_sender ON payments (sender_wallet_id, accepted_at_ms, id);
CREATE INDEX payments_receiver ON payments (receiver_wallet_id, accepted_at_ms, id);
CREATE INDEX payments_reversals ON payments (reverses_payment_id) WHERE reverses_payment_id IS NOT NULL;

-- One client key, one payment: the key is claimed in the transaction that accepts the payment, before
-- the payment is written, so that a second request with the key waits for the first one to commit.
CREATE TABLE idempotency_keys (
  idempotency_key text PRIMARY KEY,
  request_fingerprint text NOT NULL,
  payment_id text NOT NULL
);
CREATE INDEX idempotency_keys_payment ON idempotency_keys (payment_id);
