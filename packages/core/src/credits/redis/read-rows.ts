import type { RedisConnection } from '../../store/redis/redis-connection.ts'
import type { LedgerEntry } from '../driver.ts'
import { decodeRow, type StreamEntry } from './row-codec.ts'

const pageSize = 500

interface RowRange {
  readonly account: string
  /** Where they are. */
  readonly key: string
  readonly from: number
  /** The last row. @default the last there is */
  readonly to?: number
}

/** Rows of an account, a page at a time. */
export async function* readRows(
  connection: RedisConnection,
  { account, key, from, to }: RowRange,
): AsyncGenerator<LedgerEntry> {
  const end = to === undefined ? '+' : `${to}-0`
  for (let next = from, isFull = true; isFull; ) {
    const command = ['XRANGE', key, `${next}-0`, end, 'COUNT', String(pageSize)]
    const page = (await connection.command(key, command)) as readonly StreamEntry[]
    const rows = page.map((entry) => decodeRow(account, entry))
    yield* rows
    isFull = page.length === pageSize
    next = (rows.at(-1)?.seq ?? next) + 1
  }
}
