import { type Answer, json, stream } from '../upstream/answer.ts'
import type { RecordedCall } from '../upstream/upstream.ts'
import { type ScriptedTurn, turns } from './script.ts'

export type Members = Readonly<Record<string, unknown>>

/** A provider's API as far as a loop of tools needs it: what it refuses, and how it says what a model answers. */
export interface StrictApi {
  /** Throws what the real API would refuse. */
  check(body: Members, history: History): void
  json(turn: ScriptedTurn, at: number): Members
  /** The events of a stream, as wire text. */
  events(turn: ScriptedTurn, at: number): readonly string[]
  /** Whether this request is for a stream. */
  streams(call: RecordedCall): boolean
}

/** The turns that the conversation has so far. */
export interface History {
  readonly given: readonly ScriptedTurn[]
  /** The first of them that this provider itself has answered: of those before it, it knows no seal. */
  readonly from: number
  /** The client cannot keep thinking. */
  readonly lossy: boolean
}

export interface StrictOptions extends Partial<Pick<History, 'from' | 'lossy'>> {
  readonly script?: readonly ScriptedTurn[]
  /** How many turns a request has behind it, where not each that was begun was taken in. */
  readonly turnOf?: (body: Members) => number
}

/** Answers the calls of a conversation turn by turn, and refuses as the real API does. */
export function strictly(
  api: StrictApi,
  { from = 0, lossy = false, script = turns, turnOf }: StrictOptions = {},
): (call: RecordedCall) => Answer {
  let at = from
  return (call) => {
    at = turnOf?.(call.json()) ?? at
    const turn = script[at] as ScriptedTurn
    try {
      api.check(call.json(), { given: script.slice(0, at), from, lossy })
    } catch (error) {
      const { message } = error as Error
      return json(400, { type: 'error', error: { type: 'invalid_request_error', message, code: 400 } })
    }
    const answer = api.streams(call) ? stream(api.events(turn, at)) : json(200, api.json(turn, at))
    at += 1
    return answer
  }
}

/** @throws Error with the message where the condition does not hold. */
export function demand(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** Refuses members that the API does not know. */
export function demandKnown(value: Members, known: string, where: string): void {
  const names = known.split(' ')
  for (const name of Object.keys(value))
    demand(names.includes(name), `${where}.${name}: extra inputs are not permitted`)
}

export function membersAt(value: unknown, where: string): Members {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), `${where}: an object`)
  return value as Members
}

export function listAt(value: unknown, where: string): readonly Members[] {
  demand(Array.isArray(value), `${where}: a list`)
  return value.map((item, at) => membersAt(item, `${where}.${at}`))
}

export function demandEqual(one: unknown, other: unknown, message: string): void {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)]
  demand(left === right, `${message}: ${left} is not ${right}`)
}

/** A text in two pieces, as streams send it. */
export function pieces(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== '')
}
