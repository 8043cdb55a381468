import type { PostgresServer } from '../../store/postgres/postgres-server.ts'
import { isRolledBack, isTemporary } from '../../store/postgres/sql-failure.ts'
import { numberOf, type Outcome } from '../sql/decode-outcome.ts'
import { storeUnavailable } from '../sql/store-unavailable.ts'
import type { Step } from './encode-step.ts'

export type StepAnswer = PromiseSettledResult<Outcome>

/** Tries of a batch that lost against others. */
const tries = 3

/**
 * Runs steps in one transaction. When the server refuses it as a whole, nothing has happened, and each step gets a
 * transaction of its own: one that cannot be done is no reason to fail its neighbours.
 *
 * @throws GatewayError `store_unavailable` when there is no clear answer to any of them.
 */
export async function sendSteps(
  server: PostgresServer,
  steps: readonly Step[],
): Promise<readonly StepAnswer[]> {
  try {
    return await apply(server, steps)
  } catch (error) {
    if (!isRolledBack(error)) throw storeUnavailable(error)
    return steps.length > 1 ? await sendEach(server, steps) : [refusal(error)]
  }
}

async function sendEach(server: PostgresServer, steps: readonly Step[]): Promise<StepAnswer[]> {
  const answers: StepAnswer[] = []
  for (const step of steps) {
    try {
      answers.push(...(await apply(server, [step])))
    } catch (error) {
      if (!isRolledBack(error)) throw storeUnavailable(error)
      answers.push(refusal(error))
    }
  }
  return answers
}

const refusal = (error: unknown): StepAnswer => ({ status: 'rejected', reason: storeUnavailable(error) })

async function apply(server: PostgresServer, steps: readonly Step[], left = tries): Promise<StepAnswer[]> {
  try {
    const rows = await server.query({
      name: 'tollgate_apply',
      text: 'SELECT * FROM tollgate_apply($1)',
      values: [JSON.stringify(steps.map((step, place) => ({ ...step, place })))],
    })
    return inPlace(rows, steps.length)
  } catch (error) {
    if (left > 1 && isTemporary(error)) return await apply(server, steps, left - 1)
    throw error
  }
}

/** The rows come in the order of their accounts. */
function inPlace(rows: readonly Outcome[], count: number): StepAnswer[] {
  const answers: StepAnswer[] = []
  for (const value of rows) answers[numberOf(value, 'place')] = { status: 'fulfilled', value }
  if (rows.length !== count) throw new Error(`The store answered ${rows.length} of ${count} steps.`)
  return answers
}
