-- Who asked for a payment, and as what: as the owner of the sender's wallet, which only the wallet service
-- can tell, or as an operator. The parties may see it: the sender's owner from the beginning, the receiver's
-- from the verdict on, by which it is told. What was accepted before has no owners: only operators see it.
ALTER TABLE payments ADD COLUMN ordered_by text NOT NULL DEFAULT '';
ALTER TABLE payments ADD COLUMN ordered_as text NOT NULL DEFAULT 'owner' CHECK (ordered_as IN ('owner', 'operator'));
ALTER TABLE payments ADD COLUMN sender_owner_id text;
ALTER TABLE payments ADD COLUMN receiver_owner_id text;
CREATE INDEX payments_sender_owner ON payments (sender_owner_id, accepted_at_ms, id);
CREATE INDEX payments_receiver_owner ON payments (receiver_owner_id, accepted_at_ms, id);

-- A client's key is its own: another's of the same words is another key.
ALTER TABLE idempotency_keys ADD COLUMN principal_id text NOT NULL DEFAULT '';
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
ALTER TABLE idempotency_keys ADD PRIMARY KEY (principal_id, idempotency_key);
