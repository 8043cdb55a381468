/** What a step may say, what it works on, and what comes of it. */
export const types = `
CREATE TYPE tollgate_step AS (
  place integer, kind text, account text, id text, now bigint,
  amount bigint, minimum bigint, share_of bigint, share_least bigint, ttl bigint, made_at bigint,
  key text, spend_limit bigint, spend_window text,
  rpm double precision, tpm double precision, concurrency double precision, tokens double precision,
  model_cost bigint, fee bigint, capped boolean, meta text,
  op text, expires_at bigint, most bigint
);

-- An account under the lock of this transaction, the key that was used last, and the outcome of the step that was last.
CREATE TYPE tollgate_state AS (
  account text, is_stored boolean, is_changed boolean,
  available bigint, held bigint, spent bigint, topups bigint,
  seq bigint, turns bigint, hold_due bigint, grant_due bigint, now bigint,
  usage tollgate_keys, is_key_changed boolean,
  outcome text, replay boolean, amount bigint, moment bigint, shortfall bigint, at_seq bigint
);

CREATE TYPE tollgate_outcome AS (
  place integer, outcome text, replay boolean, amount bigint, moment bigint, shortfall bigint, seq bigint,
  available bigint, held bigint, spent bigint, topups bigint, account_seq bigint
);`
