import { hash } from 'node:crypto'

/**
 * Where a key stands among others, the lowest first: so spread that each comes first as often as its weight says
 * beside theirs.
 *
 * @param chance From 0 to 1, one for each key.
 */
export function standing(chance: number, weight: number): number {
  // Logarithms of evenly spread numbers, divided by weights, race each other fairly.
  return weight > 0 ? -Math.log(1 - chance) / weight : Number.POSITIVE_INFINITY
}

/** The same for the same two texts in every process; from 0 to 1, evenly spread. */
export function chanceOf(affinity: string, key: string): number {
  const digest = hash('sha256', `${affinity.length}:${affinity}${key}`, 'buffer')
  return digest.readUIntBE(0, 6) / 2 ** 48
}
