/**
 * Runs changes of one record one after the other: each reads, changes and writes back, and two at once
 * would lose one of them. Between processes the last writer wins.
 *
 * @example
 * const inTurn = takeTurns()
 * await inTurn('key-1', async () => records.put('key-1', change(await records.get('key-1'))))
 */
export function takeTurns(): <Result>(id: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>()
  return async (id, work) => {
    const turn = (last.get(id) ?? Promise.resolve()).then(work, work)
    last.set(id, turn)
    try {
      return await turn
    } finally {
      if (last.get(id) === turn) last.delete(id)
    }
  }
}
