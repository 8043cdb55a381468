import type { JsonObject } from '../json.ts'
import { type Place, placeMember, placesMember } from '../members.ts'

/** Google's servers take every member in both spellings, `inlineData` and `inline_data`. */
export function camelPlace(place: Place): Place {
  return { value: camelMembers(place.value), path: place.path }
}

/** Of this object alone: what is inside its members may be the client's own data. */
export function camelMembers(value: JsonObject): JsonObject {
  const names = Object.keys(value)
  if (!names.some((name) => name.includes('_'))) return value
  return Object.fromEntries(names.map((name) => [camelCase(name), value[name]]))
}

export function camelPlaceMember(place: Place, name: string): Place | undefined {
  const member = placeMember(place, name)
  return member === undefined ? undefined : camelPlace(member)
}

export function camelPlacesMember(place: Place, name: string): readonly Place[] {
  return placesMember(place, name).map(camelPlace)
}

function camelCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
