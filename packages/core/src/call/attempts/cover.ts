import type { Nano } from '../../billing/money.ts'
import { asGatewayError } from '../../errors/gateway-error.ts'
import type { ResolvedCall } from '../call.ts'
import { countInput } from '../count-input.ts'
import { reserve } from '../hold.ts'
import { type HoldPlan, planHold } from '../hold-plan.ts'
import type { CallServices } from '../services.ts'
import type { PreparedRequest } from '../upstream-request.ts'
import type { Course } from './course.ts'

/** An attempt that is to be paid for. */
export interface Planned {
  readonly call: ResolvedCall
  readonly prepared: PreparedRequest
  readonly plan: HoldPlan
}

export interface Covered {
  readonly plan: HoldPlan
  /** Nano-dollars. */
  readonly held: Nano
}

/** A shorter body costs less than the question how long it is. */
const leastBytes = 4096
/** So many questions of one account at a time: whoever has no credits can ask as often as he likes. */
const mostQuestions = 4
/** A smaller hold may be granted where one of these was not. */
const ofLength: ReadonlySet<string> = new Set(['insufficient_credits', 'held_credits', 'budget_exceeded'])

/**
 * Reserves what an attempt may cost. Where its bytes bound that above what there is, its provider is asked how long it
 * really is, and it has what that takes.
 *
 * @throws as `reserve` does, or rejects with it.
 */
export function cover(services: CallServices, course: Course, planned: Planned): Covered | Promise<Covered> {
  const { call, plan } = planned
  const settle = (held: Nano) =>
    held >= plan.amount ? { plan, held } : recount(services, course, { ...planned, held })
  const refuse = (error: unknown) => recount(services, course, { ...planned, error })
  try {
    const held = reserve(services, call, { plan, held: course.held })
    return held instanceof Promise ? held.then(settle, refuse) : settle(held)
  } catch (error) {
    return refuse(error)
  }
}

/** What came of the first try: less than was planned, or nothing. */
interface FellShort extends Planned {
  readonly held?: Nano
  readonly error?: unknown
}

function recount(services: CallServices, course: Course, short: FellShort): Covered | Promise<Covered> {
  const { plan, held } = short
  if (held !== undefined) course.held = held
  const settled = () => {
    if (held === undefined) throw short.error
    return { plan, held }
  }
  return isCountable(services, short)
    ? count(services, course, short).then((found) => found ?? settled())
    : settled()
}

function isCountable({ questions }: CallServices, { call, error }: FellShort): boolean {
  if (call.envelope.members.body.length < leastBytes) return false
  if ((questions.get(call.principal.account) ?? 0) >= mostQuestions) return false
  if (error === undefined) return true
  const { code, param } = asGatewayError(error)
  return ofLength.has(code) || param === 'tpm'
}

/** Undefined where nobody can tell, or it is as long as was feared. */
async function count(services: CallServices, course: Course, short: FellShort): Promise<Covered | undefined> {
  const { call, prepared, plan } = short
  const tokens = await asking(services, call, async () =>
    (await mayHelp(services, course, short)) ? countInput(services, call) : undefined,
  )
  // Nobody waits for what could be held now.
  if (tokens === undefined || call.exchange.hasLeft()) return undefined
  const counted = planHold(services, call, { prepared, counted: tokens })
  if (counted.amount >= plan.amount) return undefined
  return { plan: counted, held: await reserve(services, call, { plan: counted, held: course.held }) }
}

/** Whoever has next to nothing is refused without a question: he could ask them one after another, at no cost. */
async function mayHelp(
  services: CallServices,
  course: Course,
  { call, prepared, error }: FellShort,
): Promise<boolean> {
  if (error === undefined || course.held !== undefined) return true
  const { code } = asGatewayError(error)
  if (code !== 'insufficient_credits' && code !== 'held_credits') return true
  const { available } = await services.credits.balance(call.principal.account)
  return available >= planHold(services, call, { prepared, counted: 0 }).minimum
}

async function asking<Answer>(
  { questions }: CallServices,
  { principal: { account } }: ResolvedCall,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  questions.set(account, (questions.get(account) ?? 0) + 1)
  try {
    return await ask()
  } finally {
    const left = (questions.get(account) ?? 1) - 1
    if (left > 0) questions.set(account, left)
    else questions.delete(account)
  }
}
