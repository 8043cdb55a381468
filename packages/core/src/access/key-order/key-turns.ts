import { createRecentMap } from '../../memory/recent-map.ts'

/** Whose turn it is, by account, provider and step. */
export interface KeyTurns {
  /** Counts up from 0. */
  next(place: string): number
}

/** Places that have not been asked for longest begin anew when there are too many. */
export function createKeyTurns(size = 10_000): KeyTurns {
  const turns = createRecentMap<number>(size)
  return {
    next(place) {
      const turn = turns.get(place) ?? 0
      turns.set(place, turn + 1)
      return turn
    },
  }
}
