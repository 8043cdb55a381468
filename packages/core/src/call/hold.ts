import { boundHold, boundInputTokens } from '../billing/hold-bound.ts'
import { formatUsd, type Nano } from '../billing/money.ts'
import type { HoldResult, KeyLimits } from '../credits/driver.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Call, ResolvedCall } from './call.ts'
import { boundToolCalls } from './server-tools.ts'
import type { CallServices } from './services.ts'
import type { PreparedRequest } from './upstream-request.ts'

/** How soon a client may try again for credits or a place that calls under way hold. */
const heldRetryMs = 1000

/** The most a call can cost. */
export interface CallBound {
  readonly amount: Nano
  /** Input and output together, for limits by the minute. */
  readonly tokens: number
}

/** Bounds what a call can cost by its request and its model. */
export function boundCall(
  { settings, fee }: CallServices,
  { target, envelope, startedAt, dialect }: ResolvedCall,
  prepared: PreparedRequest,
): CallBound {
  const { entry } = target.resolution
  const { body } = envelope.members
  const inputTokens = boundInputTokens(body, entry?.maxInputTokens ?? entry?.contextWindow)
  const asked = prepared.maxOutputTokens ?? envelope.maxOutputTokens ?? settings.defaultMaxOutputTokens
  const single = Math.min(asked, entry?.maxOutputTokens ?? asked)
  const outputTokens = dialect.id === 'openai-embeddings' ? 0 : envelope.choices * single
  const amount = boundHold({
    prices: entry?.prices ?? [],
    tier: envelope.serviceTier,
    speed: envelope.speed,
    toolCalls: boundToolCalls(envelope.members),
    inputTokens,
    outputTokens,
    fee,
    credential: target.credential.kind,
    at: startedAt,
    body,
  })
  return { amount, tokens: inputTokens + outputTokens }
}

/**
 * Reserves what the call can cost at most, together with the key's limits, in one atomic step of the store.
 * At once where the store answers at once.
 *
 * @throws GatewayError 402, 429 or `store_unavailable`, or rejects with it; nothing is held then.
 */
export function takeHold(services: CallServices, call: Call, bound: CallBound): void | Promise<void> {
  const { id, principal } = call
  const { limits } = principal
  const result = services.credits.hold({
    id,
    account: principal.account,
    amount: bound.amount,
    ttlMs: services.settings.holdTtl,
    ...(limits && { key: { ...limits, estTokens: bound.tokens } }),
  })
  const admit = (held: HoldResult) => {
    if (!held.ok) throw refusal(held, bound.amount, limits)
  }
  return result instanceof Promise ? result.then(admit) : admit(result)
}

type Refused = Extract<HoldResult, { ok: false }>

function refusal(result: Refused, needed: Nano, limits: KeyLimits | undefined): GatewayError {
  const { reason, retryAfterMs = heldRetryMs } = result
  if (reason === 'insufficient') return insufficient(result, needed)
  if (reason === 'spend_limit') {
    const limit = formatUsd(limits?.spendLimit ?? 0n)
    const message = `The access key has reached its limit of $${limit} per ${limits?.spendWindow ?? 'lifetime'}.`
    return new GatewayError({ code: 'budget_exceeded', message })
  }
  if (reason === 'rpm' || reason === 'tpm' || reason === 'concurrency') {
    const message = `Rate limit exceeded: ${reason} of the access key is ${limits?.[reason]}.`
    return new GatewayError({ code: 'rate_limited', message, retryAfterMs })
  }
  return new GatewayError({ code: 'internal', message: `The hold was refused: ${reason}.` })
}

/** Credits that other calls hold come back; credits that are spent do not. */
function insufficient({ available, held }: Refused, needed: Nano): GatewayError {
  const sums = `This call needs up to $${formatUsd(needed)}; available are $${formatUsd(available)}`
  if (available + held >= needed) {
    const message = `${sums}, and calls under way hold $${formatUsd(held)}.`
    return new GatewayError({ code: 'held_credits', message, retryAfterMs: heldRetryMs })
  }
  return new GatewayError({ code: 'insufficient_credits', message: `Insufficient credits. ${sums}.` })
}
