import type { DialectId } from '../providers/dialect-id.ts'

/** What a path of the gateway does. */
export type Route =
  | { readonly kind: 'call'; readonly dialect: DialectId }
  | { readonly kind: 'count-tokens'; readonly dialect: 'anthropic-messages' }
  | { readonly kind: 'models' }
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'wrong-method'; readonly allow: string }

interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly route: Route
}

/** Every fixed path, without its prefix. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  '/chat/completions': { method: 'POST', route: { kind: 'call', dialect: 'openai-chat' } },
  '/responses': { method: 'POST', route: { kind: 'call', dialect: 'openai-responses' } },
  '/messages': { method: 'POST', route: { kind: 'call', dialect: 'anthropic-messages' } },
  '/messages/count_tokens': {
    method: 'POST',
    route: { kind: 'count-tokens', dialect: 'anthropic-messages' },
  },
  '/completions': { method: 'POST', route: { kind: 'call', dialect: 'openai-completions' } },
  '/embeddings': { method: 'POST', route: { kind: 'call', dialect: 'openai-embeddings' } },
  '/models': { method: 'GET', route: { kind: 'models' } },
}

/** Clients append to the base address they were given, with or without its version, so all three are one. */
export const prefixes = ['/v1', '', '/v1/v1'] as const

const paths = new Map<string, Endpoint>()
for (const prefix of prefixes) {
  for (const [path, endpoint] of Object.entries(endpoints)) {
    paths.set(prefix + path, endpoint)
    paths.set(`${prefix}${path}/`, endpoint)
  }
}

/** A path that the gateway serves, for frameworks that want to know theirs in advance. */
export interface ListedRoute {
  readonly path: string
  readonly methods: readonly string[]
}

const anyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Every path below the mount with the methods it answers; `*` stands for the rest of a path.
 *
 * @example
 * for (const { path, methods } of listRoutes()) router.on(methods, path, handler)
 */
export function listRoutes(): ListedRoute[] {
  const methods = (prefix: string, method: string) => {
    if (prefix !== '') return anyMethod
    return method === 'GET' ? ['GET', 'HEAD'] : [method]
  }
  return prefixes.flatMap((prefix) => [
    ...Object.entries(endpoints).map(([path, { method }]) => ({
      path: prefix + path,
      methods: methods(prefix, method),
    })),
    { path: `${prefix}/models/*`, methods: ['GET', 'HEAD'] },
  ])
}

/**
 * Finds the route of a request; undefined means that the path is not the gateway's and the host goes on.
 * Without a version prefix only the right method is claimed, so that a host's own `GET /messages` lives.
 *
 * @param path Below the mount, without query.
 */
export function findRoute(method: string, path: string): Route | undefined {
  const endpoint = paths.get(path)
  if (endpoint === undefined) return findModel(method, path)
  if (endpoint.method === method || (method === 'HEAD' && endpoint.method === 'GET')) return endpoint.route
  return path.startsWith('/v1/') && method !== 'OPTIONS'
    ? { kind: 'wrong-method', allow: endpoint.method }
    : undefined
}

/** A model's id may hold slashes and colons; clients percent-encode it. */
function findModel(method: string, path: string): Route | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  const prefix = prefixes.find((candidate) => path.startsWith(`${candidate}/models/`))
  if (prefix === undefined) return undefined
  const encoded = path.slice(`${prefix}/models/`.length)
  try {
    return { kind: 'model', id: decodeURIComponent(encoded) }
  } catch {
    return { kind: 'model', id: encoded }
  }
}
