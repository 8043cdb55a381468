import type { DatabaseSync } from 'node:sqlite'

/** Every statement of the driver, prepared once. */
export function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }
  return {
    account: prepare('SELECT * FROM credit_accounts WHERE id = ?'),
    accounts: prepare('SELECT id FROM credit_accounts WHERE id > ? ORDER BY id LIMIT ?'),
    putAccount: prepare(`INSERT INTO credit_accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
      unspent = excluded.unspent, spent = excluded.spent, topups = excluded.topups, seq = excluded.seq`),
    putRow: prepare('INSERT INTO credit_ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    rows: prepare(
      'SELECT * FROM credit_ledger WHERE account = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?',
    ),
    findRow: prepare(
      'SELECT * FROM credit_ledger WHERE ref = ? AND account = ? AND class = ? ORDER BY seq DESC LIMIT 1',
    ),
    // A payment's reference may begin as the ids of calls do.
    callRefs: prepare(
      "SELECT ref FROM credit_ledger WHERE ref >= 'call_' AND ref < 'call`' AND class = 'call' ORDER BY ref DESC",
    ),
    holds: prepare('SELECT * FROM credit_holds WHERE account = ? ORDER BY expires_at'),
    holders: prepare('SELECT DISTINCT account FROM credit_holds'),
    putHold: prepare('INSERT OR REPLACE INTO credit_holds VALUES (?, ?, ?, ?, ?, ?, ?)'),
    deleteHold: prepare('DELETE FROM credit_holds WHERE account = ? AND id = ?'),
    usages: prepare('SELECT * FROM credit_usages WHERE account = ?'),
    putUsage: prepare('INSERT OR REPLACE INTO credit_usages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    grants: prepare('SELECT * FROM credit_grants WHERE account = ? ORDER BY expires_at, seq'),
    granted: prepare('SELECT DISTINCT account FROM credit_grants'),
    deleteGrants: prepare('DELETE FROM credit_grants WHERE account = ?'),
    putGrant: prepare('INSERT INTO credit_grants VALUES (?, ?, ?, ?, ?)'),
  }
}

export type Statements = ReturnType<typeof prepareStatements>
