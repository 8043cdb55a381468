import { formatUsd, type Nano } from '../billing/money.ts'
import type { Usage } from '../billing/usage.ts'
import { bodyOf } from '../bytes/body-bytes.ts'
import { fromWire, toWire, type WireText, wireBytes } from '../bytes/wire-text.ts'
import { createAnswerFilter } from '../dialects/answer-filters/answer-filters.ts'
import { isJsonObject, type JsonObject } from '../dialects/json.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import { mapTransportError } from '../upstream/map-error.ts'
import { answerJson } from './answer.ts'
import { answerHeaders } from './answer-headers.ts'
import { noteAttempt } from './attempts/end-call.ts'
import type { Attempt, Relay } from './dispatch.ts'
import { embeddingsContent } from './embeddings-content.ts'
import { readMember, scanMembers } from './json-members.ts'
import { describeTarget, eventError, failCall, withoutSecrets } from './relay-error.ts'
import { estimateCall } from './settle-stream.ts'
import { stopReasonOf } from './stop-reason.ts'
import { answerContext } from './upstream-request.ts'

/** Bodies up to this size are parsed whole; of larger ones only the members that matter. */
const parsedWholeBytes = 65_536

/**
 * Relays an answer that does not stream. It is collected first: a cut one becomes a clean error, its usage
 * is known before the status goes out, and so is its cost.
 */
export function relayJson(attempt: Attempt): Relay {
  let body = ''
  return {
    data(chunk) {
      body += chunk
    },
    ended: () => finish(attempt, body as WireText),
    failed: (error) => fail(attempt, mapTransportError(error, describeTarget(attempt).provider)),
    // What was generated cannot be seen; the input has been taken in.
    left: () => void attempt.settlement.charge(estimateCall(attempt.call, 0), 'aborted'),
  }
}

function fail(attempt: Attempt, error: GatewayError): void {
  attempt.fail({ error })
}

function finish(attempt: Attempt, body: WireText): void {
  const { call, settlement, services } = attempt
  const answer = readAnswer(attempt, body)
  const failure = answer && failureIn(answer)
  const shown = failure ? withoutSecrets(body, call.target) : body
  if (failure && !hasUsage(attempt, answer, body)) {
    failWithin(attempt, failure, shown)
    return
  }
  if (failure && call.target.dialect !== call.dialect) {
    attempt.claim()
    settle(attempt, answer, { body, failure })
    failCall(attempt, eventError(attempt, failure))
    return
  }
  const content = answer && renderContent(attempt, answer, shown)
  if (!content) {
    fail(attempt, unreadable(attempt))
    return
  }
  attempt.claim()
  settlement.firstByte()
  const give = () => {
    const headers = answerHeaders(attempt)
    headers['tollgate-cost'] = formatUsd(settle(attempt, answer, { body, failure }))
    answerJson(call.exchange.sink, { status: attempt.status, headers, body: content })
  }
  const kept = call.keeper?.keep(answer)
  const breakDown = (error: unknown) => {
    services.logger.error({ requestId: call.id, error }, 'An answer could not be given.')
    call.exchange.sink.fail()
  }
  if (kept) kept.then((error) => (error ? fail(attempt, error) : give())).catch(breakDown)
  else give()
}

function hasUsage(attempt: Attempt, answer: JsonObject, body: WireText): boolean {
  return (readUsage(attempt, answer) ?? readElsewhere(attempt, body)) !== undefined
}

/** A failure that came with a good status and cost nothing is one like any other. */
function failWithin(attempt: Attempt, failure: JsonObject, body: WireText): void {
  const { call, status } = attempt
  const isOwn = call.target.dialect === call.dialect
  attempt.fail({
    error: eventError(attempt, failure),
    ...(isOwn && { answer: { status, headers: freeHeaders(attempt), body } }),
  })
}

function freeHeaders(attempt: Attempt): Record<string, string> {
  const headers = answerHeaders(attempt)
  headers['tollgate-cost'] = formatUsd(0n)
  return headers
}

interface Settled {
  readonly body: WireText
  /** It says so itself, and what it cost all the same. */
  readonly failure: JsonObject | undefined
}

/** What is charged, in nano-dollars. */
function settle(attempt: Attempt, answer: JsonObject, { body, failure }: Settled): Nano {
  const { settlement, call } = attempt
  const usage = readUsage(attempt, answer) ?? readElsewhere(attempt, body)
  const used = usage ?? estimateCall(call, body.length)
  if (failure) noteFailure(attempt, eventError(attempt, failure))
  const status = failure ? 'failed' : 'succeeded'
  return settlement.charge({ ...used, stopReason: stopReasonOf(answer) }, status).total
}

function noteFailure(attempt: Attempt, error: GatewayError): void {
  attempt.call.watch?.failed({ error })
  noteAttempt(attempt, { error }, 'stop')
}

/** In a large answer the report may be in a member that was not looked at. */
function readElsewhere(attempt: Attempt, body: WireText): Usage | undefined {
  const whole = isReadInPart(attempt, body) ? parseWhole(attempt, body) : undefined
  return whole && readUsage(attempt, whole)
}

/** Some say with status 200 that they have failed. */
function failureIn({ error, status }: JsonObject): JsonObject | undefined {
  if (isJsonObject(error)) return error
  return status === 'failed' ? {} : undefined
}

function unreadable({ call }: Attempt): GatewayError {
  const provider = call.target.provider.definition.id
  return new GatewayError({
    code: 'upstream_error',
    message: `The provider ${provider} answered with something that cannot be read.`,
  })
}

/** Members of a large answer that a usage reader can need; */
const billedMembers = [
  'usage',
  'model',
  'service_tier',
  'tool_usage',
  'object',
  'type',
  'error',
  'status',
  'stop_reason',
  'stopReason',
  'incomplete_details',
  'usageMetadata',
  'modelVersion',
]

/** Dialects in which what the answer consists of is billed beside its usage: searches, for instance. */
const billedByOutput: ReadonlySet<DialectId> = new Set(['openai-responses', 'google-gemini'])

function readAnswer(attempt: Attempt, body: WireText): JsonObject | undefined {
  return isReadInPart(attempt, body) ? readMembers(body) : parseWhole(attempt, body)
}

function isReadInPart({ call }: Attempt, body: WireText): boolean {
  const passedOn = call.target.dialect === call.dialect
  return body.length > parsedWholeBytes && passedOn && !billedByOutput.has(call.dialect.id)
}

/** Counts, names and tiers are ASCII, so that what is passed on as it is need not be decoded to be billed. */
function parseWhole({ call }: Attempt, body: WireText): JsonObject | undefined {
  try {
    const answer: unknown = JSON.parse(call.target.dialect === call.dialect ? body : fromWire(body))
    return isJsonObject(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

function readMembers(body: WireText): JsonObject | undefined {
  try {
    const members = scanMembers(bodyOf([wireBytes(body)]))
    return Object.fromEntries(billedMembers.map((name) => [name, readMember(members, name)]))
  } catch {
    return undefined
  }
}

function readUsage({ call }: Attempt, answer: JsonObject): Usage | undefined {
  const { target } = call
  const reader = target.dialect.createUsageReader(target.provider.definition.quirks)
  reader.read(answer)
  return reader.result()
}

/** The provider's bytes, or their translation; undefined when there is nothing to translate. */
function renderContent(
  { call, prepared }: Attempt,
  answer: JsonObject,
  body: WireText,
): WireText | undefined {
  const { target, dialect } = call
  if (target.dialect === dialect)
    return dialect.id === 'openai-embeddings' ? embeddingsContent(call, body) : body
  const deltas = target.dialect.parseAnswer?.(answer)?.flatMap(createAnswerFilter(prepared.answer))
  if (deltas === undefined) return undefined
  return toWire(JSON.stringify(dialect.renderAnswer?.(deltas, answerContext(call))))
}
