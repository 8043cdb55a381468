import type { JsonObject } from '../dialects/json.ts'
import { isRemoved, type ParameterLists } from '../models/parameters.ts'
import type { Target } from './authorize.ts'
import type { JsonMembers } from './json-members.ts'

type Place = Pick<Target, 'provider' | 'dialect' | 'resolution'>

const none: readonly string[] = []

/** Names of a client's members that provider or model does not take. */
export function removedParameters(place: Place, { spans }: JsonMembers): readonly string[] {
  const lists = listsOf(place)
  return lists
    ? chosen(
        Array.from(spans.values(), ({ name }) => name),
        lists,
      )
    : none
}

/** The same of a body that was translated. */
export function removedMembers(place: Place, body: JsonObject): readonly string[] {
  const lists = listsOf(place)
  return lists ? chosen(Object.keys(body), lists) : none
}

/** Undefined where everything is taken, as nearly everywhere. */
function listsOf({ provider, dialect, resolution }: Place): ParameterLists | undefined {
  const allowed = provider.parameters?.get(dialect.id)
  const refused = resolution.entry?.unsupportedParameters
  return allowed || refused ? { allowed, refused } : undefined
}

function chosen(names: readonly string[], lists: ParameterLists): readonly string[] {
  return names.filter((name) => isRemoved(name, lists))
}

/** What usage events say of it. */
export function removalWarning(field: string) {
  return { field, action: 'dropped', detail: 'The model does not take it.' } as const
}
