/**
 * Identifiers compare by their bytes, whatever the database's collation. Metadata is text, because it is kept as
 * it was written and never looked into.
 *
 * `hold_due` and `grant_due` say when the account has to be looked at next: no hold of it expires before, no grant
 * ends before. So a hold's expiry needs no index of its own that every call would have to write.
 * Only the account's row has CHECKs: it is written once a batch, and a CHECK is parsed anew by each statement.
 * `turns` counts what was put at the end of the line of holds.
 */
export const tables = `
-- One set of limits: those on spending by their windows, and the rates.
CREATE TYPE tollgate_limits AS (
  id text COLLATE "C", day bigint, week bigint, month bigint, lifetime bigint,
  rpm double precision, tpm double precision, concurrency double precision
);

CREATE TABLE tollgate_accounts (
  id text COLLATE "C" PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0),
  held bigint NOT NULL CHECK (held >= 0),
  spent bigint NOT NULL CHECK (spent >= 0),
  topups bigint NOT NULL,
  seq bigint NOT NULL,
  turns bigint NOT NULL,
  hold_due bigint,
  grant_due bigint
) WITH (fillfactor = 50);
CREATE INDEX tollgate_accounts_hold_due ON tollgate_accounts (hold_due) WHERE hold_due IS NOT NULL;
CREATE INDEX tollgate_accounts_grant_due ON tollgate_accounts (grant_due) WHERE grant_due IS NOT NULL;

CREATE TABLE tollgate_holds (
  account text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  asked bigint NOT NULL,
  amount bigint NOT NULL,
  limits tollgate_limits[],
  taken_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  turn bigint NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE tollgate_usages (
  account text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  day bigint NOT NULL,
  day_spent bigint NOT NULL,
  day_held bigint NOT NULL,
  week bigint NOT NULL,
  week_spent bigint NOT NULL,
  week_held bigint NOT NULL,
  month bigint NOT NULL,
  month_spent bigint NOT NULL,
  month_held bigint NOT NULL,
  spent bigint NOT NULL,
  held bigint NOT NULL,
  concurrency bigint NOT NULL,
  minute bigint NOT NULL,
  requests double precision NOT NULL,
  tokens double precision NOT NULL,
  previous_requests double precision NOT NULL,
  previous_tokens double precision NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 50);

CREATE TABLE tollgate_ledger (
  account text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  class text NOT NULL,
  op text NOT NULL,
  ref text COLLATE "C" NOT NULL,
  amount bigint NOT NULL,
  model_cost bigint NOT NULL,
  fee bigint NOT NULL,
  shortfall bigint NOT NULL,
  asked bigint NOT NULL,
  available_after bigint NOT NULL,
  held_after bigint NOT NULL,
  at bigint NOT NULL,
  expires_at bigint,
  key text COLLATE "C",
  other_limits text,
  meta text,
  PRIMARY KEY (account, seq)
);
CREATE INDEX tollgate_ledger_ref ON tollgate_ledger (ref, account, seq);
CREATE UNIQUE INDEX tollgate_ledger_credits ON tollgate_ledger (account, ref) WHERE class = 'credit';

CREATE TABLE tollgate_grants (
  account text COLLATE "C" NOT NULL,
  ref text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  expires_at bigint NOT NULL,
  remaining bigint NOT NULL,
  PRIMARY KEY (account, ref)
);`
