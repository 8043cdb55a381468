import { GatewayError } from '../../errors/gateway-error.ts'
import type { SelectionCandidate, SelectionFunction, SelectionRequest } from './candidate.ts'
import type { PlannedModel } from './plan-names.ts'

export interface StrategyQuestion {
  readonly models: readonly PlannedModel[]
  readonly describe: (model: PlannedModel) => SelectionCandidate
  readonly request: SelectionRequest
}

/**
 * Asks the host's own strategy. What it leaves out is not tried; what it names twice is tried once.
 *
 * @throws GatewayError `internal` with the cause, when it throws or answers anything but a list of its candidates.
 */
export function askStrategy(
  strategy: SelectionFunction,
  { models, describe, request }: StrategyQuestion,
): PlannedModel[] {
  const known = new Map(models.map((model) => [model.id, model]))
  const answer: unknown = ask(() => strategy(models.map(describe), request))
  if (answer instanceof Promise) {
    // Nobody waits for it: what becomes of it must not end the process.
    answer.catch(() => {})
    throw misanswered('may not be async: it has to answer at once')
  }
  if (!Array.isArray(answer)) throw misanswered('gave no list')
  const chosen = answer.map((candidate: SelectionCandidate | undefined) => {
    const model = known.get(candidate?.id ?? '')
    if (model === undefined) throw misanswered('gave something that is not one of its candidates')
    return model
  })
  return [...new Set(chosen)]
}

function ask(question: () => unknown): unknown {
  try {
    return question()
  } catch (cause) {
    throw new GatewayError({ code: 'internal', message: failed, cause })
  }
}

const failed = 'The selection strategy of this server failed.'

function misanswered(problem: string): GatewayError {
  const cause = new Error(`The option selection.strategy ${problem}.`)
  return new GatewayError({ code: 'internal', message: failed, cause })
}
