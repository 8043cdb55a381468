import type { DialRedis, RedisLine } from './redis-line.ts'

type Options = Readonly<Record<string, unknown>>

interface Connectable {
  on(event: 'error' | 'node error' | 'end', listener: () => void): unknown
  connect(): Promise<unknown>
  disconnect(): void
  call(name: string, ...args: readonly string[]): Promise<unknown>
}

/** A client of `ioredis` or `iovalkey`, as far as it is used. */
export interface IoredisClient extends Connectable {
  readonly isCluster?: false
  duplicate(overrides: Options): IoredisClient
}

/** The same for a cluster, which finds the key of a command by itself. */
export interface IoredisCluster extends Connectable {
  readonly isCluster: true
  readonly options: { readonly redisOptions?: Options }
  duplicate(nodes: readonly [], overrides: Options): IoredisCluster
}

/** Lines by copies of a client, whose own connection is left alone. */
export function dialIoredis(client: IoredisClient | IoredisCluster): DialRedis {
  if (client.isCluster) return (end) => lineOf(duplicateCluster(client), end)
  return (end) => lineOf(client.duplicate({ ...shared, retryStrategy: () => null }), end)
}

/** `keyPrefix` would hide from us what others wrote under the names that all know. */
const shared: Options = {
  lazyConnect: true,
  enableOfflineQueue: false,
  enableAutoPipelining: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  stringNumbers: false,
  keyPrefix: '',
}

function duplicateCluster(client: IoredisCluster): IoredisCluster {
  const { redisOptions } = client.options
  const overrides = {
    redisOptions: { ...redisOptions, keyPrefix: '' },
    clusterRetryStrategy: () => null,
    // What a replica says may be old.
    scaleReads: 'master',
  }
  return client.duplicate([], { ...shared, ...overrides })
}

function lineOf(copy: Connectable, end: () => void): RedisLine {
  // An event that nobody hears would end the process; what is under way is told by its own promise.
  copy.on('error', () => {})
  copy.on('node error', () => {})
  copy.on('end', end)
  return {
    ready: copy.connect(),
    send: (_, [name = '', ...args]) => copy.call(name, ...args),
    destroy: () => copy.disconnect(),
  }
}
