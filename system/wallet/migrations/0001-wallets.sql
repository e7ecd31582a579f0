-- The wallet service's own database. Money is whole minor units (baisa for OMR); times are
-- milliseconds since the epoch, taken from the service's clock.

CREATE TABLE wallets (
  id text PRIMARY KEY,
  currency text NOT NULL,
  opening_minor bigint NOT NULL CHECK (opening_minor >= 0),
  balance_minor bigint NOT NULL CHECK (balance_minor >= 0),
  opened_at_ms bigint NOT NULL
);

-- What came in from outside: the right-hand side of "money is neither made nor lost".
CREATE TABLE external_funding (
  wallet_id text PRIMARY KEY REFERENCES wallets (id),
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0)
);

-- Append-only. A payment has at most one debit and one credit.
CREATE TABLE ledger_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id text NOT NULL,
  wallet_id text NOT NULL REFERENCES wallets (id),
  direction text NOT NULL CHECK (direction IN ('debit', 'credit')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  balance_after_minor bigint NOT NULL,
  posted_at_ms bigint NOT NULL,
  UNIQUE (payment_id, direction)
);

-- What the wallet decided about a payment, once. A refusal is a decision too.
CREATE TABLE transfer_decisions (
  payment_id text PRIMARY KEY,
  outcome text NOT NULL CHECK (outcome IN ('completed', 'refused')),
  reason text,
  decided_at_ms bigint NOT NULL
);
