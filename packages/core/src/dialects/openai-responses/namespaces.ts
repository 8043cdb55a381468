import { isJsonObject, type JsonObject } from '../json.ts'

/** A tool of a namespace, as calls of it are written. */
export interface NamespacedName {
  readonly namespace: string
  readonly name: string
}

/** The name that a tool of a namespace has in the hub and for providers that know no namespaces. */
export function flatName(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}__${name}`
}

/** The tools of a request's namespaces by their flat names, so that calls can be shown as the client named them. */
export function namespacedNames(request: JsonObject): ReadonlyMap<string, NamespacedName> {
  const names = new Map<string, NamespacedName>()
  for (const space of objectsIn(request.tools)) {
    if (space.type !== 'namespace' || typeof space.name !== 'string') continue
    for (const { name } of objectsIn(space.tools)) {
      if (typeof name === 'string') names.set(flatName(space.name, name), { namespace: space.name, name })
    }
  }
  return names
}

function objectsIn(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}
