import type { RedisConnection } from '../../store/redis/redis-connection.ts'
import { callIdTime } from '../call-id.ts'
import type { CreditDriver, LedgerEntry } from '../driver.ts'
import { searchCall } from '../find-call.ts'
import type { KeyNames } from './account-keys.ts'
import { readRows } from './read-rows.ts'

interface Places {
  readonly connection: RedisConnection
  readonly keys: Pick<KeyNames, 'ledger' | 'finished'>
  readonly reader: Pick<CreditDriver, 'balance' | 'ledger'>
}

/** The row that ended a call: by its number while that is kept, and by its time when it is not any more. */
export async function findRow(
  { connection, keys, reader }: Places,
  account: string,
  id: string,
): Promise<LedgerEntry | undefined> {
  for (const key of keys.finished(account)) {
    const seq = Number(await connection.command(key, ['HGET', key, id]))
    if (!seq) continue
    const rows = readRows(connection, { account, key: keys.ledger(account), from: seq, to: seq })
    for await (const row of rows) return row
  }
  const madeAt = callIdTime(id)
  return madeAt === undefined ? undefined : searchCall(reader, account, { id, madeAt })
}
