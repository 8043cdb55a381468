import type { DialRedis, RedisLine } from './redis-line.ts'

type Options = Readonly<Record<string, unknown>>

interface Connectable {
  on(event: 'error' | 'node-error' | 'end', listener: () => void): unknown
  connect(): Promise<unknown>
  destroy(): void
}

/** A client of `redis`, as far as it is used. */
export interface NodeRedisClient extends Connectable {
  readonly options?: Options
  duplicate(overrides: Options): NodeRedisClient
  sendCommand(command: readonly string[]): Promise<unknown>
}

/** The same for a cluster: it must be told whose command it is. */
export interface NodeRedisCluster extends Connectable {
  readonly _options?: Options
  readonly slots: unknown
  duplicate(overrides: Options): NodeRedisCluster
  sendCommand(key: string, isReadonly: boolean, command: readonly string[]): Promise<unknown>
}

/** Lines by copies of a client, whose own connection is left alone. */
export function dialNodeRedis(client: NodeRedisClient | NodeRedisCluster): DialRedis {
  return (end) => (isCluster(client) ? dialCluster(client, end) : dialSingle(client, end))
}

function isCluster(client: NodeRedisClient | NodeRedisCluster): client is NodeRedisCluster {
  return 'slots' in client
}

function dialSingle(client: NodeRedisClient, end: () => void): RedisLine {
  const copy = client.duplicate(oneLife(client.options))
  return { ...begin(copy, end), send: (_, command) => copy.sendCommand(command) }
}

function dialCluster(client: NodeRedisCluster, end: () => void): RedisLine {
  const { defaults } = client._options ?? {}
  const copy = client.duplicate({
    defaults: { ...(defaults as Options), ...oneLife(defaults as Options) },
    commandOptions: undefined,
    // What one says may be old, and one that is away would be taken for the end of the cluster.
    useReplicas: false,
  })
  return { ...begin(copy, end), send: (key, command) => copy.sendCommand(key, false, command) }
}

const oneLife = (options?: Options): Options => ({
  socket: { ...(options?.socket as Options), reconnectStrategy: false },
  disableOfflineQueue: true,
  clientSideCache: undefined,
  commandOptions: undefined,
})

/** A cluster without one of its servers has changed, and is looked at anew. */
function begin(copy: Connectable, end: () => void): Omit<RedisLine, 'send'> {
  for (const event of ['error', 'node-error', 'end'] as const) copy.on(event, end)
  return {
    ready: copy.connect(),
    destroy() {
      try {
        copy.destroy()
      } catch {
        // It was closed already.
      }
    },
  }
}
