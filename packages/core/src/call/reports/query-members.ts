import { GatewayError } from '../../errors/gateway-error.ts'

function invalid(name: string, rule: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `"${name}" must be ${rule}.`, param: name })
}

/** The latest moment that a date can hold. */
const lastMoment = 8_640_000_000_000_000

/** Milliseconds since the epoch, out of those or of a date as ISO 8601 writes it. */
export function momentAt(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const at = /^\d{1,16}$/.test(text) ? Number(text) : /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN
  if (at <= lastMoment) return at
  throw invalid(name, 'a date such as 2027-01-31T12:00:00Z, or milliseconds since the epoch')
}

/** A whole number, unless it is left out. */
export function wholeAt(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw invalid(name, 'a whole number')
}

/** False unless it is there and says otherwise. */
export function switchAt(query: URLSearchParams, name: string): boolean {
  const text = query.get(name) ?? 'false'
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw invalid(name, 'true or false')
}

/** One of several words. */
export function choiceAt<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const word = words.find((known) => known === text)
  if (word !== undefined) return word
  throw invalid(name, `one of: ${words.join(', ')}`)
}

/** Several of several words, with commas between or given again and again. */
export function choicesAt<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): readonly Word[] | undefined {
  const texts = query.getAll(name).flatMap((text) => text.split(','))
  if (texts.length === 0) return undefined
  return texts.map((text) => {
    const word = words.find((known) => known.toLowerCase() === text.trim().replaceAll('_', '').toLowerCase())
    if (word !== undefined) return word
    throw invalid(name, `some of: ${words.join(', ')}`)
  })
}
