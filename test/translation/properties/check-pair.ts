import type { Conversation } from '../../../packages/core/src/dialects/conversation.ts'
import type { RenderedRequest } from '../../../packages/core/src/dialects/dialect.ts'
import { isJsonObject, type JsonObject } from '../../../packages/core/src/dialects/json.ts'
import { GatewayError } from '../../../packages/core/src/errors/gateway-error.ts'
import type { WireDialect } from '../../upstream/wire.ts'
import { parseRequest, renderRequest } from '../translation.ts'
import { type Fact, factsOf } from './facts.ts'
import type { Loss } from './losses.ts'
import type { Target } from './targets.ts'
import type { Source } from './vocabularies.ts'

/**
 * Follows a conversation from a client's body to the provider's, and throws where something is lost without a word,
 * where a word is said about nothing, and where a call is refused without need.
 */
export function checkPair(
  { dialect: from, model }: Omit<Source, 'words'>,
  target: Target,
  conversation: Conversation,
): void {
  const told = parseRequest(from, bodyOf(from, model, conversation))
  const facts = factsOf(told)
  const lossOf = (fact: Fact): Loss | undefined =>
    target.from?.[from]?.[fact.kind] ?? target.losses[fact.kind]
  const refused = facts.filter((fact) => lossOf(fact) === 'refused')
  const rendered = attempt(() => renderRequest(target.dialect, told, target))
  if (rendered instanceof GatewayError) {
    explained(rendered, refused)
    return
  }
  if (refused.length > 0) throw new Error(`Not refused: ${show(refused)}`)
  const arrived = factsOf(
    parseRequest(target.dialect, wireOf(target.dialect, rendered, told)),
    rendered.answer?.toolNames,
  )
  const fields = new Set(rendered.warnings.map(({ field }) => field))
  const lost = facts.filter((fact) => {
    const places = facts
      .filter(({ kind }) => groupOf(kind) === groupOf(fact.kind))
      .flatMap((other) => other.places)
    const isTold = places.some((place) => fields.has(place))
    return !survives(fact, { loss: lossOf(fact), arrived, isTold })
  })
  if (lost.length > 0)
    throw new Error(
      `Lost: ${show(lost)}\nWarned: ${JSON.stringify(rendered.warnings)}\nArrived: ${show(arrived)}`,
    )
  const places = new Set(facts.filter((fact) => lossOf(fact) !== undefined).flatMap(({ places: all }) => all))
  const idle = rendered.warnings.filter(({ field }) => !places.has(field))
  if (idle.length > 0) throw new Error(`Unexplained warnings: ${JSON.stringify(idle)}`)
  checkOrder(arrived)
  checkStrict(told, target, rendered)
}

function bodyOf(dialect: WireDialect, model: string, conversation: Conversation): JsonObject {
  return wireOf(dialect, renderRequest(dialect, conversation, { model }), conversation)
}

/** Through JSON, and with what Gemini has in its path. */
function wireOf(dialect: WireDialect, { body }: RenderedRequest, { stream }: Conversation): JsonObject {
  const inPath = dialect === 'google-gemini' ? { model: 'model-1', stream } : {}
  const wire: unknown = JSON.parse(JSON.stringify({ ...body, ...inPath }))
  if (!isJsonObject(wire)) throw new Error('This is no body.')
  return wire
}

function attempt<Value>(act: () => Value): Value | GatewayError {
  try {
    return act()
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
}

/** A refusal names what it is about. */
function explained({ message, param }: GatewayError, refused: readonly Fact[]): void {
  if (param !== undefined && refused.some(({ places }) => places.includes(param))) return
  throw new Error(`Refused without need: ${param}: ${message}`)
}

/** What is said of the one is said of the others, too. */
function groupOf(kind: string): string {
  return kind.replace(/^(thinking|seal) of .*/, 'reasoning').replace(/^title of .*/, 'title')
}

interface Outcome {
  readonly loss: Loss | undefined
  readonly arrived: readonly Fact[]
  /** Nobody wants to hear the same about each of a thousand messages. */
  readonly isTold: boolean
}

function survives(fact: Fact, { loss, arrived, isTold }: Outcome): boolean {
  if (loss === 'hint') return true
  if (loss === 'warned') return isTold
  if (loss === 'kept or warned' && isTold) return true
  if (typeof loss === 'object')
    return arrived.some((other) => loss.becomes.split(' or ').includes(other.kind) && tells(other, fact))
  const { kind } = fact
  return arrived.some((other) => other.kind === kind && says(other, fact))
}

/** Texts may be told in one with others. */
function says(other: Fact, { value }: Fact): boolean {
  return isText(other) ? other.value.includes(value) : other.value === value
}

/** In another way of saying it the text is the same. */
function tells(other: Fact, fact: Fact): boolean {
  return !isText(other) || !isText(fact) || other.value.includes(fact.value)
}

function isText({ kind }: Fact): boolean {
  return / (text|description|decoded text)$|^refusal|^thinking of |^title/.test(kind)
}

/** What one side says is said in the same order. */
function checkOrder(arrived: readonly Fact[]): void {
  for (const kind of ['user text', 'assistant text', 'system text', 'result text']) {
    const texts = arrived.filter((fact) => fact.kind === kind).map(({ value }) => value)
    const marks = [...texts.join('').matchAll(/#(\d+)#/g)].map((match) => Number(match[1]))
    if (marks.some((mark, at) => mark < (marks[at - 1] ?? 0)))
      throw new Error(`Out of order: ${kind} ${marks}`)
  }
}

/** Under `strict` the first thing that would be left out is refused, but for what only its provider can read. */
function checkStrict(told: Conversation, target: Target, { warnings }: RenderedRequest): void {
  const first = warnings.find(
    ({ action, detail }) => action === 'dropped' && !detail.startsWith('Earlier reasoning'),
  )
  const refusal = attempt(() => renderRequest(target.dialect, told, { ...target, strict: true }))
  const param = refusal instanceof GatewayError ? refusal.param : undefined
  if (param !== first?.field) throw new Error(`Strict refuses ${param} in place of ${first?.field}`)
}

function show(facts: readonly Fact[]): string {
  return facts.map(({ kind, value, places }) => `\n  ${kind}: ${value} at ${places.join()}`).join('')
}
