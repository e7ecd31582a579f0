-- When each service's database was made, by its first migration: a run that meets another database than
-- the one before has proved nothing.
ALTER TABLE reconciliation_runs ADD COLUMN payment_made_at_ms bigint;
ALTER TABLE reconciliation_runs ADD COLUMN wallet_made_at_ms bigint;
