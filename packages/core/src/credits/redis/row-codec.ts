import { GatewayError } from '../../errors/gateway-error.ts'
import type { LedgerEntry, LedgerMeta } from '../driver.ts'

/** An entry of the ledger's stream: its id, and names and values in turn. */
export type StreamEntry = readonly [id: string, fields: readonly string[]]

/** A row as its script wrote it; what it has not is empty. */
export function decodeRow(account: string, [id, list]: StreamEntry): LedgerEntry {
  const fields = new Map<string, string>()
  for (let index = 0; index < list.length; index += 2) fields.set(list[index] ?? '', list[index + 1] ?? '')
  const read = (name: string): string => {
    const value = fields.get(name)
    if (value === undefined) throw damaged(id, name)
    return value
  }
  const amount = BigInt(read('amount'))
  const [expires, key, meta] = [read('expires'), read('key'), read('meta')]
  const others = fields.get('others')
  return {
    seq: Number.parseInt(id, 10),
    account,
    op: read('op') as LedgerEntry['op'],
    ref: read('ref'),
    amount,
    modelCost: BigInt(read('model')),
    fee: BigInt(read('fee')),
    shortfall: shortfallOf(read('wanted'), amount),
    availableAfter: BigInt(read('available')),
    heldAfter: BigInt(read('held')),
    at: Number(read('at')),
    ...(expires !== '' && { expiresAt: Number(expires) }),
    ...(key !== '' && { key }),
    ...(others !== undefined && { otherLimits: JSON.parse(others) as string[] }),
    ...(meta !== '' && { meta: JSON.parse(meta) as LedgerMeta }),
  }
}

/** What could not be taken of what was wanted. `BigInt('')` is 0, as it is wherever a row has no amount. */
export function shortfallOf(wanted: string, amount: bigint): bigint {
  return wanted === '' ? 0n : BigInt(wanted) - amount
}

function damaged(id: string, name: string): GatewayError {
  const cause = new Error(`Row ${id} of the ledger has no ${name}.`)
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}
