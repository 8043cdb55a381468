import { type StoreAddress, supportedStores } from './store-address.ts'

/** What a Keyv that we were given keeps its values in. */
export type KnownAdapter =
  | (Extract<StoreAddress, { kind: 'memory' }> & { readonly map: Map<string, unknown> })
  | Extract<StoreAddress, { kind: 'sqlite' }>

type Shape = Readonly<Record<string, unknown>>

const keyvOptions = new Set([
  ...['namespace', 'serialize', 'deserialize', 'emitErrors', 'store', 'ttl', 'compression'],
  ...['useKeyPrefix', 'throwOnErrors', 'stats'],
])

/**
 * Recognises a Keyv's storage by its shape, not its class: two copies of a package may be installed.
 *
 * @throws Error that names what is supported.
 */
export function recogniseKeyv(store: unknown): KnownAdapter {
  if (!isShape(store)) throw refusal(`is ${store === null ? 'null' : `a ${typeof store}`}`)
  if (typeof store.then === 'function') throw refusal('is a Promise; await it first')
  if (typeof store.get !== 'function' || !isShape(store.store)) throw refusal('is not a Keyv')
  refuseMisspelt(store.opts)
  return recogniseAdapter(unwrap(store.store))
}

function recogniseAdapter(adapter: Shape): KnownAdapter {
  if (isMap(adapter)) return { kind: 'memory', map: adapter }
  const { opts } = adapter
  if (isShape(opts) && opts.tollgate === true && typeof opts.file === 'string') {
    return { kind: 'sqlite', file: opts.file }
  }
  throw refusal('is a Keyv over a storage adapter that has no driver here')
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
