-- What an event's id was claimed for: another event under it is no duplicate. What was claimed before this
-- was written down is not known, and passes for what has its id.
ALTER TABLE inbox ADD COLUMN payment_id text;
