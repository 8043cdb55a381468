import type { KeyStrategy } from '../policy.ts'
import { chanceOf, standing } from './key-weight.ts'

/** A key that may be tried. */
export interface OrderableKey {
  readonly id: string
  /** Of `weighted`. @default 1 */
  readonly weight?: number | undefined
}

/** What is known of keys, and of the call. */
export interface KeyOrderFacts {
  /** Whether a key should be used now and, if not, until when it rests. */
  state(keyId: string): { readonly available: boolean; readonly until?: number }
  /** Of the last while, from 0 to 1. */
  errorShare(keyId: string): number
  /** Of `round_robin`: counts up with every call of the same step. */
  readonly turn: () => number
  /** Of `weighted`: what the calls of one conversation share, so that they keep their key in every process. */
  readonly affinity?: string | undefined
  /** From 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined
}

/**
 * The order in which the keys of a step are tried. Keys that rest come last, those that rest shortest first, and are
 * never left out: when nothing else is left, trying is better than refusing.
 *
 * @param keys As they are listed, or in the order of creation.
 * @example
 * orderKeys('ordered', [{ id: 'pk_1' }, { id: 'pk_2' }], facts) // 'pk_2' first while 'pk_1' rests
 */
export function orderKeys<Key extends OrderableKey>(
  strategy: KeyStrategy,
  keys: readonly Key[],
  facts: KeyOrderFacts,
): readonly Key[] {
  if (keys.length < 2) return keys
  const available: Key[] = []
  const resting: { readonly key: Key; readonly until: number }[] = []
  for (const key of keys) {
    const state = facts.state(key.id)
    if (state.available) available.push(key)
    else resting.push({ key, until: state.until ?? Number.POSITIVE_INFINITY })
  }
  const ordered = strategies[strategy](available, facts)
  if (resting.length === 0) return ordered
  resting.sort((left, right) => left.until - right.until)
  return [...ordered, ...resting.map(({ key }) => key)]
}

type Strategy = <Key extends OrderableKey>(keys: readonly Key[], facts: KeyOrderFacts) => readonly Key[]

const strategies: Readonly<Record<KeyStrategy, Strategy>> = {
  ordered: (keys) => keys,
  round_robin(keys, { turn }) {
    const first = turn() % Math.max(keys.length, 1)
    return [...keys.slice(first), ...keys.slice(0, first)]
  },
  weighted(keys, { affinity, random = Math.random }) {
    const chance = affinity === undefined ? random : (id: string) => chanceOf(affinity, id)
    return sorted(keys, ({ id, weight = 1 }) => standing(chance(id), weight))
  },
  least_errors: (keys, { errorShare }) => sorted(keys, ({ id }) => errorShare(id)),
}

/** The lowest first; equal ones stay as they were. */
function sorted<Key>(keys: readonly Key[], rank: (key: Key) => number): readonly Key[] {
  const ranked = keys.map((key) => ({ key, rank: rank(key) }))
  return ranked.sort((left, right) => compare(left.rank, right.rank)).map(({ key }) => key)
}

/** Infinity less infinity is no number. */
function compare(left: number, right: number): number {
  return left === right ? 0 : left - right
}
