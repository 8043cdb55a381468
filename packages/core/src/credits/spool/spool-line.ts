import { crc32 } from 'node:zlib'
import type { Nano } from '../../billing/money.ts'
import type { LedgerMeta, SettleRequest } from '../driver.ts'

/** What a spool records of its calls. */
export type SpoolLine =
  /** Begins a file, so that whoever finds it knows whose it was. */
  | { readonly op: 'opened'; readonly at: number; readonly pid: number }
  /** Credits are held and the provider may be working. A later line of the same call replaces it. */
  | ({ readonly op: 'started' } & StartedCall)
  /** What the call costs, before the store was told. */
  | { readonly op: 'settle'; readonly request: SettleRequest }
  /** The store has the last word of the call. */
  | { readonly op: 'done'; readonly id: string }

export interface StartedCall {
  readonly id: string
  readonly account: string
  /** Nano-dollars held. */
  readonly amount: Nano
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * A line of JSON with its checksum, line break included. Amounts are decimal text.
 *
 * @example
 * encodeLine({ op: 'done', id: 'call_1' }) // '["1f0a5b2c",{"op":"done","id":"call_1"}]\n'
 */
export function encodeLine(line: SpoolLine): string {
  const json = JSON.stringify(recordOf(line))
  return `["${checksum(json)}",${json}]\n`
}

function recordOf(line: SpoolLine): object {
  if (line.op === 'started') return { ...line, amount: String(line.amount) }
  if (line.op !== 'settle') return line
  const { id, account, modelCost, fee, overrun, meta } = line.request
  return { op: 'settle', id, account, modelCost: String(modelCost), fee: String(fee), overrun, meta }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0')
}

const shape = /^\["([0-9a-f]{8})",(\{.*\})\]$/

/** Reads a line without its line break; undefined when it is not as it was written. */
export function decodeLine(text: string): SpoolLine | undefined {
  const [, sum, json = ''] = shape.exec(text) ?? []
  if (sum === undefined || checksum(json) !== sum) return undefined
  return lineOf(JSON.parse(json))
}

type Fields = Readonly<Record<string, unknown>>

function lineOf(fields: Fields): SpoolLine | undefined {
  const { op, id, account, at } = fields as { op: string; id: string; account: string; at: number }
  if (op === 'opened') return { op, at, pid: Number(fields.pid) }
  if (op === 'done') return { op, id }
  if (op === 'started') return { op, id, account, amount: amountOf(fields.amount), at }
  if (op !== 'settle') return undefined
  const { overrun, meta } = fields as { overrun?: 'extend' | 'cap'; meta: LedgerMeta }
  const [modelCost, fee] = [amountOf(fields.modelCost), amountOf(fields.fee)]
  return { op, request: { id, account, modelCost, fee, ...(overrun && { overrun }), meta } }
}

function amountOf(text: unknown): Nano {
  return BigInt(String(text))
}
