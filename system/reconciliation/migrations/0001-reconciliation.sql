-- The reconciliation engine's own database. Times are milliseconds since the epoch, taken from its clock.

-- One look at both services' databases. The watermarks are the oldest transactions that were still open
-- when it looked: the next run begins with what they, or later ones, have written.
CREATE TABLE reconciliation_runs (
  id text PRIMARY KEY,
  started_by text NOT NULL CHECK (started_by IN ('clock', 'demand')),
  started_at_ms bigint NOT NULL,
  finished_at_ms bigint,
  outcome text NOT NULL CHECK (outcome IN ('running', 'clean', 'breaks', 'failed')),
  failure text,
  payments_examined bigint NOT NULL,
  entries_examined bigint NOT NULL,
  accounts_examined bigint NOT NULL,
  breaks_found bigint NOT NULL,
  in_flight text,
  payment_watermark text,
  wallet_watermark text
);
CREATE INDEX reconciliation_runs_started ON reconciliation_runs (started_at_ms, id);

-- What does not agree, from the run that found it until somebody, or a later run, resolves it.
CREATE TABLE breaks (
  id text PRIMARY KEY,
  class text NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'resolved')),
  note text,
  found_by_run text NOT NULL,
  seen_by_run text NOT NULL,
  found_at_ms bigint NOT NULL,
  resolved_at_ms bigint
);
CREATE UNIQUE INDEX breaks_open ON breaks (class, subject) WHERE state = 'open';
CREATE INDEX breaks_found ON breaks (found_at_ms, id);

-- How far each account's chain of entries has been verified, and what it came to there.
CREATE TABLE verified_accounts (
  account_id text PRIMARY KEY,
  position bigint NOT NULL,
  balance_minor bigint NOT NULL,
  hash text NOT NULL
);
