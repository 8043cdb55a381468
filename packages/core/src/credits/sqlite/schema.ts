import { DatabaseSync } from 'node:sqlite'

/**
 * `unspent` is available and held together: holds are in it, and those that nobody has handed over come back by
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
  at INTEGER NOT NULL, key TEXT, other_limits TEXT, meta TEXT, expires_at INTEGER,
  PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS credit_ledger_ref ON credit_ledger (ref);
CREATE TABLE IF NOT EXISTS credit_holds (
  account TEXT NOT NULL, id TEXT NOT NULL, asked INTEGER NOT NULL, amount INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, taken_at INTEGER NOT NULL, limits TEXT,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credit_usages (
  account TEXT NOT NULL, id TEXT NOT NULL,
  day INTEGER NOT NULL, day_spent INTEGER NOT NULL, week INTEGER NOT NULL, week_spent INTEGER NOT NULL,
  month INTEGER NOT NULL, month_spent INTEGER NOT NULL, lifetime_spent INTEGER NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credit_grants (
  account TEXT NOT NULL, ref TEXT NOT NULL, seq INTEGER NOT NULL, expires_at INTEGER NOT NULL, remaining INTEGER NOT NULL,
  PRIMARY KEY (account, ref)
) STRICT, WITHOUT ROWID;
`

const schemaVersion = 3

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
  refuseOtherVersion(database)
  database.exec(schema)
  // A write that is synced in full, so that the log is there and its folder knows it.
  database.exec(`PRAGMA user_version = ${schemaVersion}; PRAGMA synchronous = NORMAL`)
  return database
}

/** @throws Error for credits that another version has written: misread, they would be other credits. */
function refuseOtherVersion(database: DatabaseSync): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {}
  // 0 for a file without credits.
  if (version === 0 || version === schemaVersion) return
  database.close()
  throw new Error(`The credits in this file are of version ${version}, not ${schemaVersion}.`)
}
