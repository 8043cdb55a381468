import type { RecordAdapter } from '../record-adapter.ts'
import { createScript } from './create-script.ts'
import type { RedisConnection } from './redis-connection.ts'
import { scan } from './scan.ts'

/** A value that is missing is `false` to Lua, and so is an argument that was not sent `nil`. */
const replaceScript = createScript(`
local current = redis.call('HGET', KEYS[1], ARGV[1])
if current ~= (ARGV[3] or false) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`)

export interface RedisAdapterOptions {
  readonly connection: RedisConnection
  /** Records of other namespaces are never touched. */
  readonly namespace: string
  /** What the names of all keys begin with. @default 'tollgate' */
  readonly prefix?: string
}

export type RedisAdapter = RecordAdapter<{ readonly dialect: 'redis' }>

/**
 * A Keyv storage adapter on our own connection, one instance a namespace. A namespace is one hash, so that many
 * writes are one step and a list needs no search through the keys of others, in a cluster neither.
 */
export function createRedisAdapter(options: RedisAdapterOptions): RedisAdapter {
  const { connection, prefix = 'tollgate' } = options
  const hash = () => `${prefix}:${adapter.namespace ?? ''}:records`
  const ask = (name: string, ...rest: readonly string[]) =>
    connection.command(hash(), [name, hash(), ...rest])

  const adapter: RedisAdapter = {
    opts: { dialect: 'redis' },
    namespace: options.namespace,
    get: async <Value>(key: string) => ((await ask('HGET', key)) ?? undefined) as Value | undefined,
    set: async (key, value) => {
      await ask('HSET', key, value)
      return true
    },
    replace: async (key, expected, value) => {
      const args = [key, value, ...(expected === undefined ? [] : [expected])]
      return (await connection.evaluate(replaceScript, [hash()], args)) === 1
    },
    /** One command, so all or none. */
    setMany: async (entries) => {
      if (entries.length > 0) await ask('HSET', ...entries.flatMap(({ key, value }) => [key, value]))
    },
    delete: async (key) => (await ask('HDEL', key)) === 1,
    clear: async () => {
      await ask('UNLINK')
    },
    has: async (key) => (await ask('HEXISTS', key)) === 1,
    getMany: async <Value>(keys: string[]) => {
      const values = keys.length > 0 ? ((await ask('HMGET', ...keys)) as (Value | null)[]) : []
      return values.map((value) => value ?? undefined)
    },
    iterator: async function* <Value>() {
      const seen = new Set<string>()
      for await (const page of scan(connection, 'HSCAN', hash())) {
        for (const [key, value] of newEntries(page, seen)) yield [key, value as Awaited<Value>]
      }
    },
    /** Keyv subscribes to 'error'; failures here are rejections and nothing else. */
    on: () => adapter,
  }
  return adapter
}

function newEntries(flat: readonly string[], seen: Set<string>): (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = []
  for (let index = 0; index < flat.length; index += 2) {
    const key = flat[index] ?? ''
    if (!seen.has(key)) entries.push([key, flat[index + 1] ?? ''])
    seen.add(key)
  }
  return entries
}
