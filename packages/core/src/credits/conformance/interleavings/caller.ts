import { setImmediate } from 'node:timers/promises'
import { createCallId } from '../../call-id.ts'
import type {
  CreditDriver,
  CreditRequest,
  Eventually,
  HoldLimits,
  HoldRequest,
  SettleRequest,
} from '../../driver.ts'
import type { Random } from './random.ts'
import type { Seen, SeenCall } from './seen.ts'

export interface CallerOptions {
  /** All over one store. */
  readonly drivers: readonly CreditDriver[]
  readonly accounts: readonly string[]
  readonly clock: { now: number }
  readonly random: Random
  readonly seen: Seen
}

/** Every account has these keys, and every second call uses one of them. */
export const limitedKeys = [
  { id: 'limited', concurrency: 4, spend: { lifetime: 30_000n } },
  { id: 'limited too', concurrency: 5, spend: { lifetime: 40_000n } },
] as const satisfies readonly HoldLimits[]

/** What all calls of keys have together: tighter than the keys. */
export const limitedAccount = {
  id: 'of the account',
  concurrency: 6,
  spend: { lifetime: 60_000n },
} satisfies HoldLimits

const longMs = 3_600_000
const shortMs = 400

/** Makes calls and payments, one after another, until the operations of all callers are used up. */
export async function runCaller(options: CallerOptions): Promise<void> {
  const { random, seen, clock } = options
  while (seen.left > 0) {
    const what = random.below(20)
    if (what < 14) await makeCall(options)
    else if (what < 17) await pay(options)
    else if (what < 18) await once(options, (driver) => driver.expire(1 + random.below(20)))
    else await look(options)
    clock.now += random.below(4)
  }
}

/** A step by some driver, behind a delay of some length. */
async function once<Answer>(
  { drivers, random, seen }: CallerOptions,
  step: (driver: CreditDriver) => Eventually<Answer>,
): Promise<Answer> {
  seen.left -= 1
  for (let turns = random.below(3); turns > 0; turns -= 1) await setImmediate()
  const driver = drivers[random.below(drivers.length)]
  if (!driver) throw new Error('There is no driver.')
  return step(driver)
}

/** Mostly by one caller, sometimes by two or three at the same time. */
function atOnceBySome<Answer>(
  options: CallerOptions,
  step: (driver: CreditDriver) => Eventually<Answer>,
): Promise<Answer[]> {
  const { random } = options
  const callers = random.chance(0.3) ? 2 + random.below(2) : 1
  return Promise.all(Array.from({ length: callers }, () => once(options, step)))
}

async function makeCall(options: CallerOptions): Promise<void> {
  const { random, seen } = options
  const request = newHold(options)
  const call: SeenCall = { request, holds: [], ends: [], isAbandoned: false }
  seen.calls.push(call)
  call.holds.push(...(await atOnceBySome(options, (driver) => driver.hold(request))))
  if (!call.holds.some(({ ok }) => ok)) return
  const isLimited = request.limits !== undefined
  if (isLimited) seen.mostUnderWay = Math.max(seen.mostUnderWay, ++seen.underWay)
  if (random.chance(0.2)) await extend(options, request)
  if (isLimited) seen.underWay -= 1
  if (request.ttlMs === shortMs && random.chance(0.5)) call.isAbandoned = true
  else call.ends.push(...(await endCall(options, request)))
}

/** Keyless calls may be short enough to expire before they are settled. */
function newHold({ accounts, clock, random }: CallerOptions): HoldRequest {
  const amount = BigInt(20 + random.below(200))
  const terms = { account: accounts[random.below(accounts.length)] ?? '', amount }
  const id = createCallId(clock.now)
  const key = limitedKeys[random.below(limitedKeys.length)]
  if (key && random.chance(0.5)) return { id, ...terms, ttlMs: longMs, limits: [key, limitedAccount] }
  const takesLess = random.chance(0.3)
  if (takesLess) return { id, ...terms, minimum: 5n, share: { of: 4, atLeast: 10n }, ttlMs: longMs }
  return { id, ...terms, ttlMs: random.chance(0.3) ? shortMs : longMs }
}

const extend = (options: CallerOptions, { id, account, amount }: HoldRequest) =>
  atOnceBySome(options, (driver) => driver.extend(id, account, { toAmount: amount + 30n }))

/** Two may end a call at the same time, and a release may race a settlement. */
function endCall(options: CallerOptions, hold: HoldRequest) {
  const { random } = options
  const { id, account, amount, ttlMs } = hold
  const [modelCost, fee] = [BigInt(random.below(Number(amount))), 1n]
  const request: SettleRequest = { id, account, modelCost, fee, meta: { test: 'interleavings' } }
  const isRaced = ttlMs === longMs && random.chance(0.2)
  return atOnceBySome(options, (driver) =>
    isRaced && random.chance(0.5) ? driver.release(id, account) : driver.settle(request),
  )
}

async function pay(options: CallerOptions): Promise<void> {
  const { accounts, random, seen, clock } = options
  const request: CreditRequest = {
    ref: `payment ${seen.credits.length}`,
    account: accounts[random.below(accounts.length)] ?? '',
    amount: BigInt(1 + random.below(300)),
    ...(random.chance(0.25)
      ? { kind: 'withdraw' }
      : { kind: 'promotion', ...(random.chance(0.3) && { expiresAt: clock.now + 1 + random.below(2000) }) }),
  }
  const credit = { request, results: [] as Awaited<ReturnType<CreditDriver['credit']>>[] }
  seen.credits.push(credit)
  credit.results.push(...(await atOnceBySome(options, (driver) => driver.credit(request))))
}

/** At every moment nothing is below zero and nothing is lost. */
async function look(options: CallerOptions): Promise<void> {
  const { accounts, random } = options
  const account = accounts[random.below(accounts.length)] ?? ''
  const { available, held, spent, topups } = await once(options, (driver) => driver.balance(account))
  if (available < 0n || held < 0n || available + held + spent !== topups)
    throw new Error(`${account} has ${available} and holds ${held}, spent ${spent} of ${topups}.`)
}
