import type { StoredAction } from './stored-responses/provider-request.ts'

/** A request about a stored response, or one of the wrong method. */
export type StoredRoute =
  | { readonly kind: 'stored'; readonly action: StoredAction; readonly id: string }
  | { readonly kind: 'wrong-method'; readonly allow: string }

const actions: Readonly<Record<string, Readonly<Record<string, StoredAction>>>> = {
  '': { GET: 'read', DELETE: 'delete' },
  '/cancel': { POST: 'cancel' },
  '/input_items': { GET: 'list-input' },
}

/** What comes behind the prefix: an id and what is asked about it. */
const shape = /^\/responses\/([^/]+)(\/cancel|\/input_items)?\/?$/

/** Endpoints of their own, whose names stand where an id would. */
const names: ReadonlySet<string> = new Set(['compact', 'input_tokens'])

/** Without a version in front, a path may be the host's own; ids of most providers begin like this. */
const clearId = /^resp_/

/**
 * @param prefix What the path begins with, of those that clients have.
 * @param path The whole path, without query.
 */
export function findStored(method: string, prefix: string, path: string): StoredRoute | undefined {
  const [, written = '', suffix = ''] = shape.exec(path.slice(prefix.length)) ?? []
  if (written === '' || names.has(written) || (prefix === '' && !clearId.test(written))) return undefined
  const known = actions[suffix] ?? {}
  const action = known[method === 'HEAD' ? 'GET' : method]
  if (action) return { kind: 'stored', action, id: decoded(written) }
  if (prefix === '' || method === 'OPTIONS') return undefined
  return { kind: 'wrong-method', allow: Object.keys(known).join(', ') }
}

/** Paths for frameworks that want to know theirs in advance, with the methods they answer. */
export const storedPaths: readonly { readonly path: string; readonly methods: readonly string[] }[] = [
  { path: '/responses/:id', methods: ['GET', 'HEAD', 'DELETE'] },
  { path: '/responses/:id/cancel', methods: ['POST'] },
  { path: '/responses/:id/input_items', methods: ['GET', 'HEAD'] },
]

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
