import { type PassThroughEndpoint, passThroughEndpoints } from './endpoints.ts'

/** A request for one of these endpoints, or one of the wrong method. */
export type PassThroughRoute =
  | {
      readonly kind: 'pass-through'
      readonly endpoint: PassThroughEndpoint
      /** What stands for `:id`, decoded. */
      readonly ids: readonly string[]
    }
  | { readonly kind: 'wrong-method'; readonly allow: string }
  /** A WebSocket's, asked for as if it were none. */
  | { readonly kind: 'socket' }

interface Pattern {
  readonly shape: RegExp
  readonly endpoints: readonly PassThroughEndpoint[]
}

const byPath = Map.groupBy(passThroughEndpoints, ({ path }) => path)
const patterns: readonly Pattern[] = [...byPath].map(([path, endpoints]) => ({
  shape: new RegExp(`^${path.replaceAll(':id', '([^/]+)')}/?$`),
  endpoints,
}))

/** The first segments that any of them has, so that other paths cost one look. */
const families = new Set(passThroughEndpoints.map(({ path }) => path.split('/')[1]))

/**
 * @param prefix What the path begins with, of those that clients have.
 * @param path The whole path, without query.
 */
export function findPassThrough(method: string, prefix: string, path: string): PassThroughRoute | undefined {
  const rest = path.slice(prefix.length)
  if (prefix !== '' && method === 'GET' && /^\/realtime\/?$/.test(rest)) return { kind: 'socket' }
  if (!families.has(rest.split('/', 2)[1])) return undefined
  for (const { shape, endpoints } of patterns) {
    const match = shape.exec(rest)
    if (!match || (prefix === '' && endpoints[0]?.versioned)) continue
    const endpoint = endpoints.find((each) => each.method === method)
    if (endpoint) return { kind: 'pass-through', endpoint, ids: match.slice(1).map(decoded) }
    if (prefix === '' || method === 'OPTIONS') return undefined
    return { kind: 'wrong-method', allow: endpoints.map((each) => each.method).join(', ') }
  }
  return undefined
}

/** Paths for frameworks that want to know theirs in advance, with the methods they answer. */
export const passThroughPaths = [...byPath].map(([path, endpoints]) => ({
  path,
  methods: endpoints.map(({ method }) => method),
  isVersioned: endpoints.some(({ versioned }) => versioned),
}))

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
