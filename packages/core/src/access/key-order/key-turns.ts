/** Whose turn it is, by account, provider and step. */
export interface KeyTurns {
  /** Counts up from 0. */
  next(place: string): number
}

/** Places that have not been asked for longest begin anew when there are too many. */
export function createKeyTurns(size = 10_000): KeyTurns {
  const turns = new Map<string, number>()
  return {
    next(place) {
      const turn = turns.get(place) ?? 0
      turns.delete(place)
      if (turns.size >= size) turns.delete(turns.keys().next().value as string)
      turns.set(place, turn + 1)
      return turn
    },
  }
}
