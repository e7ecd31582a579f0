-- An external transfer has at most one debit and one credit, as a payment has. Said of those entries only that
-- have one: the constraint had the entries of payments in its index as well, one and all without a word to say.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_external_transfer_id_direction_key;
CREATE UNIQUE INDEX ledger_entries_external_transfer ON ledger_entries (external_transfer_id, direction)
  WHERE external_transfer_id IS NOT NULL;
