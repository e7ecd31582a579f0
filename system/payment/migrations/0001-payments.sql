-- The payment service's own database. Money is whole minor units (baisa for OMR); times are
-- milliseconds since the epoch, taken from the service's clock.

CREATE TABLE payments (
  id text PRIMARY KEY,
  sender_wallet_id text NOT NULL,
  receiver_wallet_id text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('PENDING', 'COMPLETED', 'FAILED')),
  reason text,
  accepted_at_ms bigint NOT NULL,
  settled_at_ms bigint
);

-- One client key, one payment: the key is claimed in the transaction that accepts the payment, before
-- the payment is written, so that a second request with the key waits for the first one to commit.
CREATE TABLE idempotency_keys (
  idempotency_key text PRIMARY KEY,
  request_fingerprint text NOT NULL,
  payment_id text NOT NULL
);
