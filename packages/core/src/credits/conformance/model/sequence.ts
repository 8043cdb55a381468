import type { CreditRequest, HoldRequest, KeyLimits } from '../../driver.ts'
import type { DrawnSequence } from './draw.ts'

/** A sequence of steps under way: what its steps may come back to, and its clock. */
export interface Sequence {
  readonly clock: { now: number }
  readonly scale: bigint
  /** Names that contain each other. */
  readonly accounts: readonly string[]
  readonly keys: readonly (KeyLimits | undefined)[]
  readonly calls: HoldRequest[]
  readonly credits: CreditRequest[]
  /** When holds and grants end. Holds that end at the same moment end in no order that is promised. */
  readonly expiries: Set<number>
}

export function beginSequence({ start, scale, limits }: DrawnSequence, clock: { now: number }): Sequence {
  clock.now = start
  const name = crypto.randomUUID()
  return {
    clock,
    scale,
    accounts: [name, `${name} b`, `${name}:{b} "c"`],
    keys: keysWith(limitsAt(scale), limits),
    calls: [],
    credits: [],
    expiries: new Set(),
  }
}

type Limits = Omit<KeyLimits, 'id'>

function limitsAt(scale: bigint): readonly Limits[] {
  return [
    {},
    { spendLimit: 700n * scale },
    { spendLimit: 400n * scale, spendWindow: 'day', concurrency: 3 },
    { spendLimit: 500n * scale, spendWindow: 'week', rpm: 4 },
    { spendLimit: 600n * scale, spendWindow: 'month', tpm: 900, estTokens: 250 },
    { spendLimit: 900n * scale, spendWindow: 'lifetime', concurrency: 4, rpm: 6, tpm: 1500, estTokens: 200 },
    { spendLimit: 3000n * scale, spendWindow: 'day', rpm: 3, tpm: 700, estTokens: 301 },
    { concurrency: 2, estTokens: 100 },
  ]
}

/** The first of three keys is used most; each comes with other limits too, as if edited between its calls. */
function keysWith(limits: readonly Limits[], most: number): (KeyLimits | undefined)[] {
  const [first, ...others] = ['key', 'key 1', 'key:{1} "é"'].map((id) =>
    [...limits, ...Array.from({ length: 8 }, () => limits[most])].map((limit) => ({ id, ...limit })),
  )
  const rest = others.flatMap((keys) => keys.filter((_, index) => index % 4 === 0))
  return [...(first ?? []).toReversed(), undefined, undefined, ...rest]
}

/** One of the items, whatever the number; undefined when there is none. */
export function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % Math.max(1, items.length)]
}

/** One of the last items, counted back; undefined when there is none. */
export function pickLast<Item>(items: readonly Item[], number: number): Item | undefined {
  return items.at(-1 - (number % Math.max(1, items.length)))
}

/** A length that ends when nothing else does. */
export function ownLength({ clock, expiries }: Sequence, ttlMs: number): number {
  let length = ttlMs
  while (expiries.has(clock.now + length)) length += 1
  expiries.add(clock.now + length)
  return length
}
