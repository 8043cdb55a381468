import { createRequire } from 'node:module'
import { dialIoredis, type IoredisClient, type IoredisCluster } from './ioredis.ts'
import { dialNodeRedis, type NodeRedisClient, type NodeRedisCluster } from './node-redis.ts'
import { createRedisConnection, type RedisConnection } from './redis-connection.ts'
import type { DialRedis } from './redis-line.ts'

/** Where a server is: its address, or a client of it, which is copied and never used itself. */
export type RedisPlace = { readonly url: string } | { readonly client: object }

export interface OpenRedisOptions {
  /** Milliseconds for each call. @default 1500 */
  readonly timeoutMs?: number
}

/**
 * Opens a Redis or Valkey server. Nothing is sent before the first call, and a server that is away is no error
 * until then.
 *
 * @throws Error when the package that connects to an address is not installed, or the client is of no known kind.
 * @example
 * const connection = openRedis({ url: 'redis://127.0.0.1:6379' })
 */
export function openRedis(place: RedisPlace, options: OpenRedisOptions = {}): RedisConnection {
  const dial = 'url' in place ? dialUrl(place.url) : dialClient(place.client)
  return createRedisConnection({ dial, ...options })
}

interface KeyvRedisPackage {
  createClient(options: { readonly url: string }): NodeRedisClient
}

function dialUrl(url: string): DialRedis {
  const { createClient } = loadPackage()
  // The protocol is the same, and the client knows one of its names.
  return dialNodeRedis(createClient({ url: url.replace(/^valkey/i, 'redis') }))
}

function loadPackage(): KeyvRedisPackage {
  try {
    return createRequire(import.meta.url)('@keyv/redis')
  } catch (cause) {
    const message = 'The option store names a Redis or Valkey server: install "@keyv/redis" beside Tollgate.'
    throw new Error(message, { cause })
  }
}

function dialClient(client: object): DialRedis {
  if ('evalsha' in client && 'call' in client)
    return dialIoredis(client as unknown as IoredisClient | IoredisCluster)
  if ('evalSha' in client && 'duplicate' in client && !('getMasterNode' in client)) {
    return dialNodeRedis(client as unknown as NodeRedisClient | NodeRedisCluster)
  }
  throw new Error(
    'The option store is a Keyv over a Redis client that has no driver here: single servers and clusters have.',
  )
}
