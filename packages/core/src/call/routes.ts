import type { CountingDialectId } from '../dialects/counting/counting-dialects.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { NamedInPath } from './envelope.ts'
import { findPassThrough, type PassThroughRoute, passThroughPaths } from './pass-through/find-pass-through.ts'
import type { ReportName } from './reports/serve-report.ts'
import { findStored, type StoredRoute, storedPaths } from './stored-routes.ts'

/** What a path of the gateway does. */
export type Route =
  | {
      readonly kind: 'call'
      readonly dialect: DialectId
      readonly named?: NamedInPath
      /** What is asked for is the conversation, made shorter. */
      readonly compacts?: true
    }
  | {
      readonly kind: 'count-tokens'
      readonly dialect: CountingDialectId
      readonly named?: NamedInPath
    }
  | { readonly kind: 'models' }
  /** What the caller's own account has and has used. */
  | { readonly kind: 'report'; readonly report: ReportName }
  | { readonly kind: 'model'; readonly id: string }
  | StoredRoute
  | PassThroughRoute

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
  '/responses/input_tokens': {
    method: 'POST',
    route: { kind: 'count-tokens', dialect: 'openai-responses' },
  },
  '/responses/compact': {
    method: 'POST',
    route: { kind: 'call', dialect: 'openai-responses', compacts: true },
  },
  '/embeddings': { method: 'POST', route: { kind: 'call', dialect: 'openai-embeddings' } },
  '/models': { method: 'GET', route: { kind: 'models' } },
  '/usage': { method: 'GET', route: { kind: 'report', report: 'usage' } },
  '/credits': { method: 'GET', route: { kind: 'report', report: 'credits' } },
  '/generation': { method: 'GET', route: { kind: 'report', report: 'generation' } },
}

/** Clients append to the base address they were given, with or without its version, so all three are one. */
export const prefixes = ['/v1', '', '/v1/v1'] as const

const storedPrefixes = prefixes.toSorted((left, right) => right.length - left.length)

/** Google's clients have a version of their own, which they append to the base address as well. */
const modelPrefixes = [...prefixes, '/v1beta', '/v1/v1beta'] as const

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
  const fixed = prefixes.flatMap((prefix) =>
    Object.entries(endpoints).map(([path, { method }]) => ({
      path: prefix + path,
      methods: methods(prefix, method),
    })),
  )
  const googles = modelPrefixes.slice(prefixes.length).map((prefix) => `${prefix}/models`)
  const stored = prefixes.flatMap((prefix) =>
    storedPaths.map(({ path, methods: known }) => ({
      path: prefix + path,
      methods: prefix === '' ? known : anyMethod,
    })),
  )
  const passed = prefixes.flatMap((prefix) =>
    passThroughPaths
      .filter(({ isVersioned }) => prefix !== '' || !isVersioned)
      .map(({ path, methods: known }) => ({
        path: prefix + path,
        methods: prefix === '' ? known : anyMethod,
      })),
  )
  return [
    ...fixed,
    ...stored,
    ...passed,
    ...googles.map((path) => ({ path, methods: ['GET', 'HEAD'] })),
    ...modelPrefixes.map((prefix) => ({ path: `${prefix}/models/*`, methods: ['GET', 'HEAD', 'POST'] })),
  ]
}

/**
 * Finds the route of a request; undefined means that the path is not the gateway's and the host goes on.
 * Without a version prefix only the right method is claimed, so that a host's own `GET /messages` lives.
 *
 * @param path Below the mount, without query.
 */
export function findRoute(method: string, path: string): Route | undefined {
  const endpoint = paths.get(path)
  if (endpoint === undefined)
    return findStoredAt(method, path) ?? findModel(method, path) ?? findPassed(method, path)
  if (endpoint.method === method || (method === 'HEAD' && endpoint.method === 'GET')) return endpoint.route
  return path.startsWith('/v1/') && method !== 'OPTIONS'
    ? { kind: 'wrong-method', allow: endpoint.method }
    : undefined
}

/** The longest prefix first: the others begin alike. */
function findStoredAt(method: string, path: string): Route | undefined {
  const prefix = path.includes('/responses/')
    ? storedPrefixes.find((each) => path.startsWith(each))
    : undefined
  return prefix === undefined ? undefined : findStored(method, prefix, path)
}

function findPassed(method: string, path: string): Route | undefined {
  const prefix = storedPrefixes.find((each) => path.startsWith(`${each}/`)) ?? ''
  return findPassThrough(method, prefix, path)
}

/** What may be asked of a model behind its name in a path. */
const verbs: ReadonlyMap<string, (model: string) => Route> = new Map([
  ['generateContent', (model) => gemini(model, false)],
  ['streamGenerateContent', (model) => gemini(model, true)],
  [
    'countTokens',
    (model) => ({ kind: 'count-tokens', dialect: 'google-gemini', named: { model, stream: false } }),
  ],
])

function gemini(model: string, stream: boolean): Route {
  return { kind: 'call', dialect: 'google-gemini', named: { model, stream } }
}

/** A model's id may hold slashes and colons; clients percent-encode it. */
function findModel(method: string, path: string): Route | undefined {
  const prefix = modelPrefixes.find((candidate) => path.startsWith(`${candidate}/models`))
  if (prefix === undefined) return undefined
  const rest = path.slice(`${prefix}/models`.length)
  const reads = method === 'GET' || method === 'HEAD'
  if (reads && (rest === '' || rest === '/')) return { kind: 'models' }
  if (!rest.startsWith('/')) return undefined
  if (reads) return { kind: 'model', id: decoded(rest.slice(1)) }
  const colon = rest.lastIndexOf(':')
  return method === 'POST' && colon > 1
    ? verbs.get(rest.slice(colon + 1))?.(decoded(rest.slice(1, colon)))
    : undefined
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
