-- Who may send from a wallet, and see it. Nobody but operators, where it has no owner: what stands for what is
-- outside, and what was opened before wallets had owners.
ALTER TABLE wallets ADD COLUMN owner_id text;

-- A client's key is its own: another's of the same words is another key.
ALTER TABLE idempotency_keys ADD COLUMN principal_id text NOT NULL DEFAULT '';
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
ALTER TABLE idempotency_keys ADD PRIMARY KEY (principal_id, idempotency_key);
