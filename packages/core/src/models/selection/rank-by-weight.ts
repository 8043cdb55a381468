import { unitHash } from './unit-hash.ts'

/** What is ranked: by name, so that every process ranks alike. */
export interface Weighted {
  readonly id: string
  /** Above 0, beside the others. */
  readonly weight: number
}

/**
 * Each comes first as often as its weight says, over many keys, and the others follow in the same proportions. With
 * a key the ranking is the key's own: the same in every process, and what is added or taken away moves only those
 * keys whose first it is. Without a key chance decides.
 *
 * @param random In [0, 1).
 * @example
 * rankByWeight([{ id: 'a', weight: 9 }, { id: 'b', weight: 1 }], { key: 'conversation-1', random: Math.random })
 */
export function rankByWeight<Ranked extends Weighted>(
  candidates: readonly Ranked[],
  { key, random }: { readonly key: string | undefined; readonly random: () => number },
): Ranked[] {
  // A race of exponential clocks: who runs twice as fast wins twice as often.
  const arrival = ({ id, weight }: Ranked) => {
    const chance = key === undefined ? 1 - random() : unitHash(`${key} ${id}`)
    return -Math.log(chance) / weight
  }
  return candidates
    .map((candidate) => ({ candidate, at: arrival(candidate) }))
    .sort((left, right) => left.at - right.at)
    .map(({ candidate }) => candidate)
}
