/** Numbers that a seed repeats. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number
  /** True as often as `share`, of 1, says. */
  chance(share: number): boolean
}

/** A linear congruential generator, of whose 32 bits the upper ones count. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return { below: (end) => Math.floor(next() * end), chance: (share) => next() < share }
}
