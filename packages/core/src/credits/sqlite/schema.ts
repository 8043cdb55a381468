import { DatabaseSync } from 'node:sqlite'

/**
 * `unspent` is available and held together: holds that are not written yet are in it, and come back by
 * themselves when the process that took them is gone.
 */
const schema = `
CREATE TABLE IF NOT EXISTS credit_accounts (
  id TEXT PRIMARY KEY,
  unspent INTEGER NOT NULL CHECK (unspent >= 0),
  spent INTEGER NOT NULL CHECK (spent >= 0),
  topups INTEGER NOT NULL,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credit_ledger (
  account TEXT NOT NULL, seq INTEGER NOT NULL, class TEXT NOT NULL, op TEXT NOT NULL, ref TEXT NOT NULL,
  amount INTEGER NOT NULL, model_cost INTEGER NOT NULL, fee INTEGER NOT NULL, shortfall INTEGER NOT NULL,
  asked INTEGER NOT NULL, available_after INTEGER NOT NULL, held_after INTEGER NOT NULL,
  at INTEGER NOT NULL, key TEXT, meta TEXT, expires_at INTEGER,
  PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS credit_ledger_ref ON credit_ledger (ref);
CREATE TABLE IF NOT EXISTS credit_holds (
  account TEXT NOT NULL, id TEXT NOT NULL, asked INTEGER NOT NULL, amount INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, taken_at INTEGER NOT NULL, key TEXT, windows TEXT, limits TEXT,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credit_keys (
  account TEXT NOT NULL, key TEXT NOT NULL,
  day INTEGER NOT NULL, day_spent INTEGER NOT NULL, week INTEGER NOT NULL, week_spent INTEGER NOT NULL,
  month INTEGER NOT NULL, month_spent INTEGER NOT NULL, lifetime_spent INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credit_grants (
  account TEXT NOT NULL, ref TEXT NOT NULL, seq INTEGER NOT NULL, expires_at INTEGER NOT NULL, remaining INTEGER NOT NULL,
  PRIMARY KEY (account, ref)
) STRICT, WITHOUT ROWID;
`

const schemaVersion = 2

/** From the first version, whose grants did not say when they end. */
const migration = `
ALTER TABLE credit_ledger RENAME COLUMN hold_amount TO asked;
ALTER TABLE credit_ledger ADD COLUMN expires_at INTEGER;
ALTER TABLE credit_grants RENAME TO credit_grants_1;
CREATE TABLE credit_grants (
  account TEXT NOT NULL, ref TEXT NOT NULL, seq INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  remaining INTEGER NOT NULL, PRIMARY KEY (account, ref)
) STRICT, WITHOUT ROWID;
INSERT INTO credit_grants SELECT account, ref, seq, g.expires_at, remaining
  FROM credit_grants_1 g JOIN credit_ledger l USING (account, ref) WHERE class = 'credit';
UPDATE credit_ledger SET expires_at = (SELECT expires_at FROM credit_grants_1 g
  WHERE g.account = credit_ledger.account AND g.ref = credit_ledger.ref) WHERE class = 'credit';
DROP TABLE credit_grants_1;
`

/** Milliseconds that a write may wait for another connection: records live in the same file. */
const busyTimeoutMs = 5000

/**
 * Opens the credit tables of a file on a connection of their own. What is committed is not on the disk yet: that
 * takes a sync of the log (see `log-sync.ts`), which need not keep the event loop waiting as SQLite's own does.
 * Everything else that must be synced, SQLite syncs itself before it relies on it.
 */
export function openCreditDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000')
  if (versionOf(database) === 1) database.exec(`BEGIN IMMEDIATE; ${migration}; COMMIT`)
  database.exec(schema)
  // A write that is synced in full, so that the log is there and its folder knows it.
  database.exec(`PRAGMA user_version = ${schemaVersion}; PRAGMA synchronous = NORMAL`)
  return database
}

/** 0 for a file without credits. */
function versionOf(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA user_version').get()?.user_version
}
