import { AssertionError } from 'node:assert/strict'
import { inspect, isDeepStrictEqual } from 'node:util'
import { GatewayError } from '../../../errors/gateway-error.ts'
import { collect } from '../../../store/collect.ts'
import type { CreditDriver } from '../../driver.ts'
import type { Draw, DrawnSequence } from './draw.ts'
import { beginSequence, type Sequence } from './sequence.ts'
import { firstCredit, type Operation, steps } from './steps.ts'

export interface Pair {
  readonly driver: CreditDriver
  readonly model: CreditDriver
  readonly clock: { now: number }
  /** Ends the driver, and puts another on its store in its place. */
  restart(isKilled: boolean): Promise<void>
}

/** Longer than any hold of a sequence lasts. */
const afterAll = 40 * 86_400_000

/** Plays one sequence on both drivers and compares whatever they answer, then all they have kept. */
export async function playInLockstep(pair: Pair, drawn: DrawnSequence): Promise<void> {
  const sequence = beginSequence(drawn, pair.clock)
  const trail: string[] = []
  const compare = (operation: Operation) => compareAnswers(pair, { operation, trail, at: pair.clock.now })
  try {
    await sweep(pair.driver)
    for (const account of sequence.accounts.slice(0, 2)) await compare(firstCredit(sequence, account))
    for (const draw of drawn.steps) {
      await playStep(sequence, draw, compare)
      if (draw.kind === 'restart') await restart(pair, sequence, { compare, isKilled: draw.way % 2 === 0 })
    }
    await compareEverything(sequence, compare)
  } finally {
    pair.clock.now += afterAll
    await sweep(pair.driver)
  }
}

/** What other tests have left must not be counted here. */
async function sweep(driver: CreditDriver): Promise<void> {
  while ((await driver.expire(1000)) > 0);
}

type Compare = (operation: Operation) => Promise<void>

async function playStep(sequence: Sequence, draw: Draw, compare: Compare): Promise<void> {
  const operation = steps[draw.kind](sequence, draw)
  await compare(operation)
  if (draw.looks) await compare(balanceOf(operation.account))
}

/**
 * Every hold outlives the process that took it, and so does what it has only told of. A new one may end grants at once;
 * the model does when it is asked.
 */
async function restart(
  pair: Pair,
  { calls, accounts }: Sequence,
  { compare, isKilled }: { readonly compare: Compare; readonly isKilled: boolean },
): Promise<void> {
  for (const { id, account } of calls) await pair.driver.handOver?.(id, account)
  await pair.driver.expire(0)
  await pair.restart(isKilled)
  for (const account of accounts) await compare(balanceOf(account))
}

/** Ends with every hold over, so that sequences do not meet. */
async function compareEverything({ accounts, clock }: Sequence, compare: Compare): Promise<void> {
  for (const account of accounts) await compare(auditOf(account))
  clock.now += afterAll
  const expire = (driver: CreditDriver) => driver.expire(1000)
  await compare({ name: 'expire', account: '', request: 1000, run: expire })
  for (const account of accounts) {
    await compare(balanceOf(account))
    await compare(auditOf(account))
    const ledger = (driver: CreditDriver) => driver.ledger(account)
    await compare({ name: 'ledger', account, request: 1, run: ledger })
  }
}

function balanceOf(account: string): Operation {
  return { name: 'balance', account, request: undefined, run: (driver) => driver.balance(account) }
}

/** The model's own audit must be clean too. */
function auditOf(account: string): Operation {
  return { name: 'audit', account, request: undefined, run: (driver) => driver.audit(account) }
}

interface Comparison {
  readonly operation: Operation
  readonly trail: string[]
  readonly at: number
}

async function compareAnswers({ driver, model }: Pair, { operation, trail, at }: Comparison): Promise<void> {
  const { name, account, request } = operation
  trail.push(`${at} ${name} ${inspect({ account, request }, { depth: 5, breakLength: Infinity })}`)
  const [expected, actual] = [await answerOf(operation, model), await answerOf(operation, driver)]
  if (isDeepStrictEqual(actual, expected) && !isBadAudit(expected)) return
  throw new AssertionError({
    message: `The driver answers ${show(actual)}, the model ${show(expected)}, after:\n${trail.join('\n')}`,
    actual,
    expected,
    operator: 'deepStrictEqual',
  })
}

const show = (value: unknown) => inspect(value, { depth: 6 })

function isBadAudit(answer: unknown): boolean {
  return (
    typeof answer === 'object' && answer !== null && 'problems' in answer && !('ok' in answer && answer.ok)
  )
}

/** A refusal by an error is an answer as well, as long as it is one that was promised. */
async function answerOf({ run }: Operation, driver: CreditDriver): Promise<unknown> {
  try {
    const answer = await run(driver)
    return isList(answer) ? await collect(answer) : answer
  } catch (error) {
    if (!GatewayError.isInstance(error) || error.code === 'store_unavailable') throw error
    const { code, message, param } = error
    return { code, message, param }
  }
}

function isList(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}
