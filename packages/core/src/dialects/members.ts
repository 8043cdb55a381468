import { GatewayError } from '../errors/gateway-error.ts'
import { isJsonObject, type JsonObject } from './json.ts'

/** An object of the client's body and where it is in there, '' for the body itself. */
export interface Place {
  readonly value: JsonObject
  readonly path: string
}

/** The path of a member or list element: `messages.0.content.1`. */
export function pathOf(place: Place, name: string | number): string {
  return place.path === '' ? String(name) : `${place.path}.${name}`
}

/** Own members only. Clients write null for "not set", so null reads as undefined. */
export function memberOf(place: Place, name: string): unknown {
  return Object.hasOwn(place.value, name) ? (place.value[name] ?? undefined) : undefined
}

/** The 400 for a member of the wrong shape. */
export function invalidMember(param: string, expected: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `\`${param}\` must be ${expected}.`, param })
}

/** The 400 for something well-formed that has no counterpart where it would have to go. */
export function unsupportedMember(param: string, message: string): GatewayError {
  return new GatewayError({ code: 'unsupported_parameter', message, param })
}

export const stringMember = optional('a string', (value) => typeof value === 'string')
export const booleanMember = optional('true or false', (value) => typeof value === 'boolean')
export const numberMember = optional('a number', (value): value is number => Number.isFinite(value))
export const countMember = optional(
  'a positive integer',
  (value): value is number => Number.isSafeInteger(value) && Number(value) > 0,
)
export const listMember = optional<readonly unknown[]>('a list', (value) => Array.isArray(value))

export function requiredString(place: Place, name: string): string {
  const value = stringMember(place, name)
  if (value === undefined) throw invalidMember(pathOf(place, name), 'a string')
  return value
}

export function placeMember(place: Place, name: string): Place | undefined {
  const value = memberOf(place, name)
  return value === undefined ? undefined : placeAt(value, pathOf(place, name))
}

export function requiredPlace(place: Place, name: string): Place {
  return placeAt(memberOf(place, name), pathOf(place, name))
}

/** The members of a list that must hold objects; none where the list is absent. */
export function placesMember(place: Place, name: string): readonly Place[] {
  const list = listMember(place, name) ?? []
  const path = pathOf(place, name)
  return list.map((value, index) => placeAt(value, `${path}.${index}`))
}

export function placeAt(value: unknown, path: string): Place {
  if (!isJsonObject(value)) throw invalidMember(path, 'an object')
  return { value, path }
}

function optional<Value>(expected: string, test: (value: unknown) => value is Value) {
  return (place: Place, name: string): Value | undefined => {
    const value = memberOf(place, name)
    if (value === undefined || test(value)) return value
    throw invalidMember(pathOf(place, name), expected)
  }
}
