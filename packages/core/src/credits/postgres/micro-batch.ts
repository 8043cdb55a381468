export interface MicroBatchOptions<Item, Answer> {
  /** Resolves to an answer for each, in their order: what could not be done is a rejected one. */
  readonly send: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Answer>[]>
  /** Of one batch. */
  readonly most: number
}

export interface MicroBatch<Item, Answer> {
  add(item: Item): Promise<Answer>
  /** Resolves once nothing is under way or waiting. */
  idle(): Promise<void>
}

interface Waiting<Item, Answer> extends PromiseWithResolvers<Answer> {
  readonly item: Item
}

/**
 * One batch is under way at a time; what comes meanwhile is the next. Under load many share a commit, and nobody
 * waits for company.
 *
 * When a batch fails as a whole, what waits behind it fails with it: a store that does not answer would keep each
 * of them waiting for another timeout.
 */
export function createMicroBatch<Item, Answer>({
  send,
  most,
}: MicroBatchOptions<Item, Answer>): MicroBatch<Item, Answer> {
  let waiting: Waiting<Item, Answer>[] = []
  let running: Promise<void> | undefined

  const sendNext = async () => {
    const batch = waiting.splice(0, most)
    try {
      const answers = await send(batch.map(({ item }) => item))
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index]
        if (answer?.status === 'fulfilled') resolve(answer.value)
        else reject(answer?.reason)
      }
    } catch (error) {
      const failed = [...batch, ...waiting]
      waiting = []
      for (const { reject } of failed) reject(error)
    }
  }
  const run = async () => {
    // What the same turn of the event loop asks for goes together.
    await Promise.resolve()
    while (waiting.length > 0) await sendNext()
    running = undefined
  }
  return {
    add(item) {
      const entry = { item, ...Promise.withResolvers<Answer>() }
      waiting.push(entry)
      running ??= run()
      return entry.promise
    },
    idle: async () => running,
  }
}
