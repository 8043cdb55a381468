import type { KeyvStoreAdapter } from 'keyv'
import { type StoreAddress, supportedStores } from './store-address.ts'

/** What a Keyv that we were given keeps its values in. */
export type KnownAdapter =
  | (Extract<StoreAddress, { kind: 'memory' }> & { readonly map: Map<string, unknown> })
  | Extract<StoreAddress, { kind: 'sqlite' }>
  /** A node-redis, ioredis or iovalkey client, single or cluster; not to be closed. */
  | { readonly kind: 'redis'; readonly client: object }
  /** What its driver connects with: `uri` or parts of it, and options of the driver. */
  | { readonly kind: 'postgres' | 'mysql'; readonly connection: Readonly<Record<string, unknown>> }
  /** It reads and writes single values, and nothing more is known. */
  | { readonly kind: 'keyv'; readonly adapter: KeyvStoreAdapter }

type Shape = Readonly<Record<string, unknown>>

const keyvOptions = new Set([
  ...['namespace', 'serialize', 'deserialize', 'emitErrors', 'store', 'ttl', 'compression'],
  ...['useKeyPrefix', 'throwOnErrors', 'stats'],
])

/**
 * Recognises a Keyv's storage by its shape, not its class: two copies of a package may be installed.
 *
 * @param singleWriter Takes any other storage as well, because its operator says that nobody else writes to it.
 * @throws Error that names what is supported.
 */
export function recogniseKeyv(store: unknown, singleWriter = false): KnownAdapter {
  if (!isShape(store)) throw refusal(`is ${store === null ? 'null' : `a ${typeof store}`}`)
  if (typeof store.then === 'function') throw refusal('is a Promise; await it first')
  if (typeof store.get !== 'function' || !isShape(store.store)) throw refusal('is not a Keyv')
  refuseMisspelt(store.opts)
  const known = recogniseAdapter(unwrap(store.store))
  if (known) return known
  if (singleWriter) return { kind: 'keyv', adapter: store.store as unknown as KeyvStoreAdapter }
  throw refusal('is a Keyv over a storage adapter that has no driver here')
}

function recogniseAdapter(adapter: Shape): KnownAdapter | undefined {
  if (isMap(adapter)) return { kind: 'memory', map: adapter }
  const { opts } = adapter
  if (isShape(opts) && opts.tollgate === true && typeof opts.file === 'string') {
    return { kind: 'sqlite', file: opts.file }
  }
  const client = redisClientOf(adapter)
  if (client) return { kind: 'redis', client }
  const dialect = sqlDialectOf(adapter)
  return dialect && isShape(opts) ? { kind: dialect, connection: opts } : undefined
}

/** node-redis runs scripts by `evalSha`, the ioredis family by `evalsha`. */
function redisClientOf({ client, redis }: Shape): object | undefined {
  for (const candidate of [client, redis]) {
    if (!isShape(candidate)) continue
    if (typeof candidate.evalSha === 'function' || typeof candidate.evalsha === 'function') return candidate
  }
  return undefined
}

const uriSchemes = { postgres: /^postgres(ql)?:/i, mysql: /^(mysql|mariadb):/i } as const

/** By what the adapter says of itself, or else by the address it has. */
function sqlDialectOf({ opts, query }: Shape): 'postgres' | 'mysql' | undefined {
  if (!isShape(opts) || typeof query !== 'function') return undefined
  const uri = String(opts.uri ?? '')
  for (const dialect of ['postgres', 'mysql'] as const) {
    if (opts.dialect === dialect || uriSchemes[dialect].test(uri)) return dialect
  }
  return undefined
}

/** Newer Keyvs wrap adapters, up to three deep. */
function unwrap(adapter: Shape, depth = 3): Shape {
  const inner = isMap(adapter) || depth === 0 ? undefined : adapter.store
  return isShape(inner) ? unwrap(inner, depth - 1) : adapter
}

/** Keyv takes `{ stroe: adapter }` without a word and keeps everything in memory. */
function refuseMisspelt(options: unknown): void {
  const unknown = isShape(options) ? Object.keys(options).find((name) => !keyvOptions.has(name)) : undefined
  if (unknown !== undefined) throw refusal(`is a Keyv with the unknown option "${unknown}"`)
}

function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null
}

function isMap(value: Shape): value is Shape & Map<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Map]'
}

function refusal(problem: string): Error {
  return new Error(`The option store ${problem}. ${supportedStores}`)
}
