import type { CreditRequest, HoldLimits, HoldRequest } from '../../driver.ts'
import type { DrawnSequence } from './draw.ts'

/** A sequence of steps under way: what its steps may come back to, and its clock. */
export interface Sequence {
  readonly clock: { now: number }
  readonly scale: bigint
  /** Names that contain each other. */
  readonly accounts: readonly string[]
  /** What may be on a call of the limits of a key. */
  readonly keys: readonly (HoldLimits | undefined)[]
  /** Those of its account and of others, which are on many of its calls too. */
  readonly others: readonly (readonly HoldLimits[])[]
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
    others: othersWith(limitsAt(scale), limits),
    calls: [],
    credits: [],
    expiries: new Set(),
  }
}

type Limits = Omit<HoldLimits, 'id'>

function limitsAt(scale: bigint): readonly Limits[] {
  return [
    {},
    { spend: { lifetime: 700n * scale } },
    { spend: { day: 400n * scale }, concurrency: 3 },
    { spend: { day: 450n * scale, week: 500n * scale, lifetime: 2000n * scale }, rpm: 4 },
    { spend: { week: 900n * scale, month: 600n * scale }, tpm: 900 },
    { spend: { lifetime: 900n * scale }, concurrency: 4, rpm: 6, tpm: 1500 },
    { spend: { day: 3000n * scale, month: 800n * scale }, rpm: 3, tpm: 700 },
    { concurrency: 2 },
  ]
}

/** The first of three keys is used most; each comes with other limits too, as if edited between its calls. */
function keysWith(limits: readonly Limits[], most: number): (HoldLimits | undefined)[] {
  const [first, ...others] = ['key', 'key 1', 'key:{1} "é"'].map((id) =>
    [...limits, ...Array.from({ length: 8 }, () => limits[most])].map((limit) => ({ id, ...limit })),
  )
  const rest = others.flatMap((keys) => keys.filter((_, index) => index % 4 === 0))
  return [...(first ?? []).toReversed(), undefined, undefined, ...rest]
}

/** None mostly; those of the account are the last of a few keys as well, in another place among the sets. */
function othersWith(limits: readonly Limits[], most: number): readonly (readonly HoldLimits[])[] {
  const account = (index: number) => ({ id: 'of the account', ...limits[index % limits.length] })
  const team = (index: number) => ({ id: 'key 1', ...limits[index % limits.length] })
  return [
    [],
    [],
    [account(most)],
    [account(most + 1)],
    [account(most + 2), team(most)],
    [team(most + 3), account(most), { id: 'everybody "é"', ...limits[(most + 5) % limits.length] }],
  ]
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
