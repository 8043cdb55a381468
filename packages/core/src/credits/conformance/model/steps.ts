import { createCallId } from '../../call-id.ts'
import type { CreditDriver, CreditKind, CreditRequest, HoldRequest } from '../../driver.ts'
import type { Draw, StepKind } from './draw.ts'
import { jumpClock, untilRatesAreOver } from './jump.ts'
import { ownLength, pick, pickLast, type Sequence } from './sequence.ts'

/** What a step does, to be done to two drivers alike. */
export interface Operation {
  readonly name: string
  readonly account: string
  readonly request: unknown
  run(driver: CreditDriver): unknown
}

type Step = (sequence: Sequence, draw: Draw) => Operation

const minute = 60_000
/** The last crosses months, and what 32 bits hold. */
const lengths = [5000, minute, 15 * minute, 2_700_000_000]
const oddIds = ['a b', "it's {0}", 'say "x":1', 'ünïcödé ☂ 𝄞', '%s\\n$1', ' ']
const metas = [
  { provider: 'test' },
  { nested: { list: [1, null, true, 'é"\\'], empty: {} }, text: "'{}':☂" },
  { big: '9007199254740993', ratio: 0.1 },
  {},
]
const additions: readonly CreditKind[] = ['topup', 'topup', 'promotion', 'refund', 'adjust_up']
const creditKinds: readonly CreditKind[] = [...additions, 'adjust_down', 'withdraw']

const accountOf = ({ accounts }: Sequence, { account }: Draw): string => pick(accounts, account) ?? ''
const amountOf = ({ scale }: Sequence, amount: number) => BigInt(amount) * scale

/** What an account has at first, so that its calls are not all refused. */
export function firstCredit({ scale }: Sequence, account: string): Operation {
  return credit({ ref: 'first', account, amount: 1200n * scale, kind: 'topup' })
}

function hold(request: HoldRequest): Operation {
  return { name: 'hold', account: request.account, request, run: (driver) => driver.hold(request) }
}

function credit(request: CreditRequest): Operation {
  return { name: 'credit', account: request.account, request, run: (driver) => driver.credit(request) }
}

/** Whole, or what there is down to a minimum, or a share of it. */
function newHold(sequence: Sequence, draw: Draw): HoldRequest {
  const { amount, part, way } = draw
  const least = amountOf(sequence, Math.floor((amount * part) / 100))
  const id = way === 11 ? `${pick(oddIds, part)}${sequence.calls.length}` : createCallId(sequence.clock.now)
  return {
    id,
    account: accountOf(sequence, draw),
    amount: amountOf(sequence, amount),
    ttlMs: ownLength(sequence, pick(lengths, way) ?? minute),
    ...(way % 3 === 1 && { minimum: least }),
    ...(way % 3 === 2 && { minimum: least, share: { of: 1 + (part % 4), atLeast: least } }),
    ...limitsOf(sequence, draw),
  }
}

/** Of the key, if there is one, and of others. */
function limitsOf(sequence: Sequence, { key, part }: Draw): Pick<HoldRequest, 'limits' | 'tokens'> {
  const first = pick(sequence.keys, key)
  const others = pick(sequence.others, part) ?? []
  const limits = first ? [first, ...others.filter(({ id }) => id !== first.id)] : others
  return limits.length === 0 ? {} : { limits, ...(part % 4 !== 0 && { tokens: 99 + part * 2 }) }
}

/** An earlier call, mostly in its own account; else one that nobody knows. */
function callOf(sequence: Sequence, draw: Draw): HoldRequest {
  const earlier = pickLast(sequence.calls, draw.earlier) ?? newHold(sequence, draw)
  return draw.way === 10 ? { ...earlier, account: accountOf(sequence, draw) } : earlier
}

/** The same hold, which is taken now if it was refused before. */
function holdAgain(sequence: Sequence, draw: Draw): HoldRequest {
  const earlier = callOf(sequence, draw)
  if (!sequence.calls.some(({ id, account }) => id === earlier.id && account === earlier.account))
    sequence.calls.push(earlier)
  return { ...earlier, ttlMs: ownLength(sequence, earlier.ttlMs) }
}

function newCredit(sequence: Sequence, draw: Draw): CreditRequest {
  const { amount, part, way, key } = draw
  const kind = pick(creditKinds, way) ?? 'topup'
  const ends = key % 3 === 0 && additions.includes(kind)
  const expiresAt = sequence.clock.now + 1 + part * (key % 2 === 0 ? 900 : 600_000)
  if (ends) sequence.expiries.add(expiresAt)
  return {
    ref: `${pick(oddIds, part)}${sequence.credits.length}`,
    account: accountOf(sequence, draw),
    amount: amountOf(sequence, 1 + amount * (additions.includes(kind) ? 3 : 1)),
    kind,
    ...(ends && { expiresAt }),
    ...(part % 2 === 0 && { meta: pick(metas, part) ?? {} }),
  }
}

export const steps: Readonly<Record<StepKind, Step>> = {
  hold(sequence, draw) {
    const request = newHold(sequence, draw)
    sequence.calls.push(request)
    return hold(request)
  },
  repeat: (sequence, draw) => hold(holdAgain(sequence, draw)),
  alter(sequence, draw) {
    const earlier = holdAgain(sequence, draw)
    const limits = (earlier.limits ?? []).slice(draw.way % 2, draw.way % 3 === 0 ? -1 : undefined)
    return hold(draw.part % 2 === 0 ? { ...earlier, amount: earlier.amount + 1n } : { ...earlier, limits })
  },
  /** A day old to the millisecond, which may pass, or one more, which may not. */
  old(sequence, draw) {
    const id = createCallId(sequence.clock.now - 86_400_000 - (draw.part % 2))
    const request = { ...newHold(sequence, draw), id }
    sequence.calls.push(request)
    return hold(request)
  },
  extend(sequence, draw) {
    const { id, account } = callOf(sequence, draw)
    const { amount, part, way } = draw
    const request = {
      ...(way % 4 !== 3 && { toAmount: amountOf(sequence, amount * (part % 3 === 0 ? 4 : 1)) }),
      ...(way % 2 === 1 && { minimum: amountOf(sequence, Math.floor((amount * part) / 100)) }),
      ...(way % 3 !== 1 && { ttlMs: ownLength(sequence, pick(lengths, part) ?? minute) }),
    }
    const run = (driver: CreditDriver) => driver.extend(id, account, request)
    return { name: 'extend', account, request: { id, ...request }, run }
  },
  settle(sequence, draw) {
    const { id, account } = callOf(sequence, draw)
    const { amount, part, way } = draw
    const overrun = pick([undefined, 'extend', 'cap'] as const, way)
    const request = {
      id,
      account,
      modelCost: amountOf(sequence, Math.floor(amount / (1 + (way % 2)))),
      fee: amountOf(sequence, part % 8),
      meta: pick(metas, part) ?? {},
      ...(overrun && { overrun }),
    }
    return { name: 'settle', account, request, run: (driver) => driver.settle(request) }
  },
  release(sequence, draw) {
    const { id, account } = callOf(sequence, draw)
    return { name: 'release', account, request: { id }, run: (driver) => driver.release(id, account) }
  },
  credit(sequence, draw) {
    const request = newCredit(sequence, draw)
    sequence.credits.push(request)
    return credit(request)
  },
  recredit(sequence, draw) {
    const earlier = pickLast(sequence.credits, draw.earlier) ?? newCredit(sequence, draw)
    const altered = { ...earlier, ...pick([{}, {}, { amount: earlier.amount + 1n }], draw.part) }
    return credit(draw.way === 0 ? { ...altered, kind: 'refund' } : altered)
  },
  wrong(sequence, draw) {
    const amount = pick([-1n, 2n ** 53n], draw.part) ?? -1n
    if (draw.way % 2 === 0) return credit({ ...newCredit(sequence, draw), amount })
    return hold({ ...newHold(sequence, draw), amount })
  },
  wait: (sequence, { amount, part, way }) => clockStep(sequence, 1 + amount * (way % 3 === 0 ? part : 1)),
  jump: (sequence, draw) => clockStep(sequence, jumpClock(sequence, draw)),
  /** More than any sequence has, so that none is left by chance. */
  expire: (sequence, draw) => ({
    name: 'expire',
    account: accountOf(sequence, draw),
    request: 1000,
    run: (driver) => driver.expire(1000),
  }),
  read(sequence, draw) {
    const account = accountOf(sequence, draw)
    const from = 1 + (draw.part % 12)
    return { name: 'ledger', account, request: from, run: (driver) => driver.ledger(account, from) }
  },
  audit(sequence, draw) {
    const account = accountOf(sequence, draw)
    return { name: 'audit', account, request: undefined, run: (driver) => driver.audit(account) }
  },
  /** Stores need not keep for a new process what calls took of a minute. */
  restart: (sequence) => ({ ...clockStep(sequence, untilRatesAreOver(sequence)), name: 'restart' }),
}

function clockStep(sequence: Sequence, ms: number): Operation {
  sequence.clock.now += ms
  return { name: 'wait', account: sequence.accounts[0] ?? '', request: ms, run: () => undefined }
}
