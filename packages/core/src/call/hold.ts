import { boundHold, boundInputTokens } from '../billing/hold-bound.ts'
import { formatUsd, type Nano } from '../billing/money.ts'
import type { HoldResult, KeyLimits } from '../credits/driver.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Call } from './call.ts'
import { boundToolCalls } from './server-tools.ts'
import type { CallServices } from './services.ts'

/** A call before its hold. */
export type UnheldCall = Omit<Call, 'held'>

/** How soon a client may try again for credits or a place that calls under way hold. */
const heldRetryMs = 1000

/**
 * Reserves what the call can cost at most, together with the key's limits, in one atomic step of the store.
 *
 * @returns Nano-dollars held.
 * @throws GatewayError 402, 429 or `store_unavailable`; nothing is held then.
 */
export async function takeHold(services: CallServices, call: UnheldCall): Promise<Nano> {
  const bound = boundCall(services, call)
  const { id, principal } = call
  const result = await services.credits.hold({
    id,
    account: principal.account,
    amount: bound.amount,
    ttlMs: services.settings.holdTtl,
    ...(principal.limits && { key: { ...principal.limits, estTokens: bound.tokens } }),
  })
  if (result.ok) return bound.amount
  throw refusal(result, bound.amount, principal.limits)
}

interface Bound {
  readonly amount: Nano
  readonly tokens: number
}

function boundCall(
  { settings, fee }: CallServices,
  { target, envelope, prepared, startedAt, dialect }: UnheldCall,
): Bound {
  const { entry } = target.resolution
  const { bytes } = envelope.members
  const inputTokens = boundInputTokens(bytes, entry?.maxInputTokens ?? entry?.contextWindow)
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
    body: bytes,
  })
  return { amount, tokens: inputTokens + outputTokens }
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
