/** What a step may say, what it works on, and what comes of it. */
export const types = `
CREATE TYPE tollgate_step AS (
  place integer, kind text, account text, id text, now bigint,
  amount bigint, minimum bigint, share_of bigint, share_least bigint, ttl bigint, made_at bigint,
  limits tollgate_limits[], tokens double precision,
  model_cost bigint, fee bigint, capped boolean, meta text,
  op text, expires_at bigint, most bigint
);

-- What a set of limits has counted, as steps have changed it.
CREATE TYPE tollgate_slot AS (usage tollgate_usages, is_changed boolean);

-- An account under the lock of this transaction, the sets that were used last and which of them is in use, and the
-- outcome of the step that was last.
CREATE TYPE tollgate_state AS (
  account text, is_stored boolean, is_changed boolean,
  available bigint, held bigint, spent bigint, topups bigint,
  seq bigint, turns bigint, hold_due bigint, grant_due bigint, now bigint,
  slots tollgate_slot[], in_use integer,
  outcome text, refused_id text, refused_window text, replay boolean, amount bigint, moment bigint, shortfall bigint, at_seq bigint
);

CREATE TYPE tollgate_outcome AS (
  place integer, outcome text, replay boolean, amount bigint, moment bigint, shortfall bigint, seq bigint,
  available bigint, held bigint, spent bigint, topups bigint, account_seq bigint,
  refused_id text, refused_window text
);`
