import {
  affordableOutput,
  type BoundByOutput,
  boundByOutput,
  boundInputTokens,
  geminiReferences,
} from '../billing/hold-bound.ts'
import type { Nano } from '../billing/money.ts'
import { countWord, type SearchableBytes } from '../bytes/search-bytes.ts'
import type { HoldShare } from '../credits/driver.ts'
import type { ResolvedCall } from './call.ts'
import { refersToItems } from './item-references.ts'
import { mostInput } from './most-input.ts'
import { searchedBody } from './searched-body.ts'
import { boundServerTools } from './server-tools.ts'
import type { CallServices } from './services.ts'
import type { PreparedRequest } from './upstream-request.ts'

/** What to reserve for a call. */
export interface HoldPlan {
  readonly amount: Nano
  /** The least that is worth sending the call for. */
  readonly minimum: Nano
  readonly share: HoldShare | undefined
  /** Input and output together, for limits by the minute. */
  readonly tokens: number
  /** Output tokens that `amount` covers, of all choices. */
  readonly outputTokens: number
  /** Output tokens that it can have at most, for all that is known. */
  readonly mostTokens: number
  /** Its output shows while it comes, so that the hold can grow with it. */
  readonly isWatched: boolean
  /** The limit that a policy sets on each choice. */
  readonly policyLimit: number | undefined
  readonly bound: BoundByOutput
}

/** What is known of a request. */
export interface HoldFacts {
  readonly prepared: PreparedRequest
  /** Tokens of its input as its provider counts them; without it, its bytes bound them. */
  readonly counted?: number
}

/** An answer shorter than this is of no use to most; less is asked for only by a client who wants less. */
const leastOutputTokens = 256
/** What cannot be watched takes at most this part of a balance that does not cover it many times over. */
const shareOf = 24

/**
 * Plans the hold of a call. Output that can be watched is covered by a small quantum, which grows with it. What
 * cannot be watched is covered in full, or else as far as a fair share of the balance goes, and the answer is
 * then limited to that.
 */
export function planHold(
  services: CallServices,
  call: ResolvedCall,
  { prepared, counted }: HoldFacts,
): HoldPlan {
  const { quantum, defaultMaxOutputTokens } = services.settings
  const { dialect, envelope } = call
  const body = searchedBody(envelope.members.body)
  const tools = boundServerTools(envelope.members, call.target.credential.kind)
  const mostTaken = mostInput(call, prepared)
  const bytes = boundInput(call, body, mostTaken)
  const inputTokens = counted === undefined ? bytes : Math.min(bytes, withMargin(counted))
  const fetched = Math.min(inputTokens + tools.fetchedTokens, mostTaken ?? largestContext)
  const bound = boundOf(services, call, {
    inputTokens: Math.max(inputTokens, fetched),
    body,
    toolCalls: tools.calls,
  })
  const known = dialect.id === 'openai-embeddings' ? 0 : knownMaximum(call, prepared)
  const most = envelope.choices * (known ?? defaultMaxOutputTokens)
  const usual = Math.min(most, envelope.choices * defaultMaxOutputTokens)
  // What goes on without its client is watched by nobody.
  const isSeen = envelope.stream && !envelope.state?.background
  const isWatched = isSeen && !prepared.thinks && !hidesReasoning(call)
  const outputTokens = isWatched ? Math.min(most, quantum) : most
  const least = dialect.compacts
    ? outputTokens
    : Math.min(outputTokens, Math.max(leastOutputTokens + prepared.thinkingBudget, envelope.choices))
  const amount = bound(outputTokens)
  const isLarge = !isWatched && outputTokens > usual && !dialect.compacts
  return {
    amount,
    minimum: least === outputTokens ? amount : bound(least),
    share: isLarge ? { of: shareOf, atLeast: bound(usual) } : undefined,
    tokens: inputTokens + usual,
    outputTokens,
    mostTokens: known === undefined && !dialect.compacts ? Number.MAX_SAFE_INTEGER : most,
    isWatched,
    policyLimit: policyLimit(call, prepared),
    bound,
  }
}

/** A provider's count is near what it bills, and not always the same. */
function withMargin(counted: number): number {
  return Math.ceil(counted * 1.02) + 256
}

/** What the body says and what it only names, as far as that is known. */
function boundInput(call: ResolvedCall, body: SearchableBytes, most: number | undefined): number {
  const isGemini = call.dialect.id === 'google-gemini'
  const history = isGemini && namesLengthy(body) ? undefined : boundHistory(call)
  const mentions = isGemini ? geminiReferences : undefined
  return history === undefined
    ? (most ?? largestContext)
    : Math.min(history + boundInputTokens(body, most, mentions), most ?? Number.MAX_SAFE_INTEGER)
}

/** Words that tell of a film, a recording or a document, of which only its provider knows how long it is. */
const lengthy = ['ideo', 'udio', 'pdf', 'outu']

/** Whether a body of Gemini's names by its address what may be long. */
function namesLengthy(body: SearchableBytes): boolean {
  const named = ['leUri"', 'le_uri"'].some((mark) => countWord(body, mark, 1) > 0)
  return named && lengthy.some((word) => countWord(body, word, 1) > 0)
}

/** Tokens, where nobody knows how much its model takes: more than models take today. */
const largestContext = 1_048_576

/** Tokens of input that only the provider holds; undefined where nobody has counted them. */
function boundHistory({ envelope, previous, target }: ResolvedCall): number | undefined {
  const { state } = envelope
  if (!state) return 0
  if (state.ownedAt !== undefined || refersToItems(envelope.members)) return undefined
  if (!previous) return 0
  // Another model may count the same text otherwise.
  return previous.model === target.resolution.upstreamId ? previous.tokens : undefined
}

interface BoundedInput {
  readonly inputTokens: number
  readonly toolCalls: number
  readonly body: SearchableBytes
}

/** Written out: every call passes here. */
function boundOf({ fee }: CallServices, call: ResolvedCall, input: BoundedInput): BoundByOutput {
  const { target, envelope, startedAt } = call
  const { inputTokens, toolCalls, body } = input
  return boundByOutput({
    prices: target.resolution.entry?.prices ?? [],
    tier: envelope.serviceTier,
    speed: envelope.speed,
    fee,
    credential: target.credential.kind,
    at: startedAt,
    inputTokens,
    toolCalls,
    body,
  })
}

/** What the client allows, and its model can make, of each choice; undefined when nobody says. */
function knownMaximum(
  { target, envelope, principal }: ResolvedCall,
  prepared: PreparedRequest,
): number | undefined {
  const asked = prepared.maxOutputTokens ?? envelope.maxOutputTokens
  return leastOf(asked, madeAtMost(target), principal.policy?.maxOutputTokens)
}

/** An answer is part of its model's context, where nothing else is known of its length. */
function madeAtMost({ resolution: { entry } }: ResolvedCall['target']): number | undefined {
  return entry?.maxOutputTokens ?? entry?.contextWindow
}

function leastOf(...limits: readonly (number | undefined)[]): number | undefined {
  let least: number | undefined
  for (const limit of limits)
    if (limit !== undefined && !(least !== undefined && least <= limit)) least = limit
  return least
}

/** What a policy allows of each choice, where neither client nor model keep to it by themselves. */
function policyLimit(call: ResolvedCall, prepared: PreparedRequest): number | undefined {
  const most = call.principal.policy?.maxOutputTokens
  if (most === undefined || call.dialect.id === 'openai-embeddings' || call.dialect.compacts) return undefined
  const known = leastOf(prepared.maxOutputTokens ?? call.envelope.maxOutputTokens, madeAtMost(call.target))
  return known !== undefined && known <= most ? undefined : most
}

function hidesReasoning({ target }: ResolvedCall): boolean {
  const { entry, upstreamId } = target.resolution
  return entry?.hiddenReasoning ?? target.provider.definition.hidesReasoning(upstreamId)
}

/**
 * The limit on each choice of an answer for which less was reserved than was planned; undefined when nothing
 * needs a limit of ours.
 *
 * @param reserved Nano-dollars.
 */
export function limitFor(plan: HoldPlan, reserved: Nano, choices: number): number | undefined {
  return leastOf(affordableLimit(plan, reserved, choices), plan.policyLimit)
}

function affordableLimit(plan: HoldPlan, reserved: Nano, choices: number): number | undefined {
  if (reserved >= plan.amount) {
    const isOpen = !plan.isWatched && plan.mostTokens > plan.outputTokens
    // Nobody has limited it, and what goes beyond may not be there; where output is free there is nothing to limit.
    return isOpen && plan.bound(2 * plan.outputTokens) > plan.amount ? plan.outputTokens / choices : undefined
  }
  return Math.max(1, Math.floor(affordableOutput(plan.bound, reserved, plan.outputTokens) / choices))
}
