export interface Question {
  readonly id: number
  readonly name: string
  readonly given: readonly unknown[]
}

export interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Answers what the parent asks, until the parent lets go: then `close` runs and the process ends. */
export function answerQuestions(methods: object, close: () => Promise<void> = async () => {}): void {
  const table = methods as Readonly<Record<string, (...given: readonly unknown[]) => unknown>>
  process.on('message', async ({ id, name, given }: Question) => {
    try {
      reply({ id, value: await table[name]?.(...given) })
    } catch (error) {
      reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.once('disconnect', () => void close().finally(() => process.exit()))
}

function reply(message: Reply): void {
  process.send?.(message)
}
