import type { JsonObject } from '../json.ts'
import { listMember, memberOf, type Place, pathOf, placeAt } from '../members.ts'

/** The members of a list that must hold objects, each with the path that this API gives it: `input[1]`. */
export function listedPlaces(place: Place, name: string): readonly Place[] {
  const path = pathOf(place, name)
  return (listMember(place, name) ?? []).map((value, index) => placeAt(value, `${path}[${index}]`))
}

/** What is left of an object when its known members are taken out; undefined when nothing is. */
export function restOf(place: Place, known: ReadonlySet<string>): JsonObject | undefined {
  const names = Object.keys(place.value).filter(
    (name) => !known.has(name) && memberOf(place, name) !== undefined,
  )
  if (names.length === 0) return undefined
  return Object.fromEntries(names.map((name) => [name, place.value[name]]))
}
