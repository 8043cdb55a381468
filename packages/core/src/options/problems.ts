import { GatewayError } from '../errors/gateway-error.ts'

/** Collects every mistake in the options, so that an operator reads them all at once. */
export interface Problems {
  readonly list: readonly string[]
  add(problem: string): void
  /** Runs one step; what it refuses becomes a problem and its result is undefined. */
  attempt<Result>(step: () => Result): Result | undefined
  /** @throws Error with every problem, if there is any. */
  raise(): void
}

export function createProblems(): Problems {
  const list: string[] = []
  return {
    list,
    add: (problem) => void list.push(problem),
    attempt(step) {
      try {
        return step()
      } catch (error) {
        list.push(describe(error))
        return undefined
      }
    },
    raise() {
      if (list.length === 0) return
      const count = list.length === 1 ? 'an option is wrong' : `${list.length} options are wrong`
      throw new Error(`The gateway cannot start, ${count}:\n${list.map((line) => `- ${line}`).join('\n')}`)
    },
  }
}

/** Messages of the parsers name their option already; some only in `param`. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const param = GatewayError.isInstance(error) ? error.param : undefined
  return param === undefined || error.message.includes(param) ? error.message : `${param}: ${error.message}`
}
