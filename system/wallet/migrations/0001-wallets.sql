-- The wallet service's own database. Money is whole minor units (baisa for OMR); times are
-- milliseconds since the epoch, taken from the service's clock. `written_in` is the transaction that wrote
-- a row last: reconciliation reads what was written since it looked the last time, and misses nothing, as
-- it would by a time or by a number that is drawn before the commit.

-- Every account of the ledger. The wallets of customers are never below zero. For each currency one
-- account stands for what is outside: money that comes in is taken from it, so it is never above zero,
-- and all accounts of a currency sum to zero. Each account knows the end of its chain of entries.
CREATE TABLE wallets (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('customer', 'outside')),
  currency text NOT NULL,
  balance_minor bigint NOT NULL,
  frozen boolean NOT NULL,
  entry_count bigint NOT NULL,
  last_entry_hash text NOT NULL,
  opened_at_ms bigint NOT NULL,
  CHECK ((kind = 'customer' AND balance_minor >= 0) OR (kind = 'outside' AND balance_minor <= 0))
);

-- Money that came in from outside or went out: the right-hand side of "money is neither made nor lost".
-- What was refused is kept, too: asked again with the same key, it is answered the same.
CREATE TABLE external_transfers (
  id text PRIMARY KEY,
  wallet_id text NOT NULL REFERENCES wallets (id),
  kind text NOT NULL CHECK (kind IN ('opening', 'deposit', 'withdrawal')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('moved', 'refused')),
  reason text,
  made_at_ms bigint NOT NULL,
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX external_transfers_written ON external_transfers (written_in, id);

-- One client key, one external transfer.
CREATE TABLE idempotency_keys (
  idempotency_key text PRIMARY KEY,
  request_fingerprint text NOT NULL,
  transfer_id text NOT NULL
);

-- Append-only; a correction is a new entry. A payment, and an external transfer, has at most one debit
-- and one credit. Each entry's hash covers what it says and the hash of the account's entry before it.
CREATE TABLE ledger_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id text,
  external_transfer_id text,
  wallet_id text NOT NULL REFERENCES wallets (id),
  position bigint NOT NULL,
  direction text NOT NULL CHECK (direction IN ('debit', 'credit')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  balance_after_minor bigint NOT NULL,
  posted_at_ms bigint NOT NULL,
  hash text NOT NULL,
  UNIQUE (payment_id, direction),
  UNIQUE (external_transfer_id, direction),
  UNIQUE (wallet_id, position),
  CHECK ((payment_id IS NULL) <> (external_transfer_id IS NULL))
);

-- What the wallet decided about a payment, once. A refusal is a decision too.
CREATE TABLE transfer_decisions (
  payment_id text PRIMARY KEY,
  outcome text NOT NULL CHECK (outcome IN ('completed', 'refused')),
  reason text,
  decided_at_ms bigint NOT NULL,
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX transfer_decisions_written ON transfer_decisions (written_in, payment_id);
