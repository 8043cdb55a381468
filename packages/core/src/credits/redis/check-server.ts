import { maxNano } from '../../billing/money.ts'
import type { Logger } from '../../options/options.ts'
import type { RedisConnection } from '../../store/redis/redis-connection.ts'
import type { CreditDriver } from '../driver.ts'
import { createScript } from './create-script.ts'

type Durability = CreditDriver['durability']

export interface CheckOptions {
  readonly connection: RedisConnection
  /** Of nothing that is needed. */
  readonly key: string
  readonly logger: Logger
}

/**
 * Does what the scripts do: a command that is forbidden must not be met when half of a step is done. A server of 32
 * bits has no such numbers.
 */
const probe = createScript(`
local most = string.format('%d', struct.unpack('<d', struct.pack('<d', 9007199254740991)))
local call, first, second = redis.call, KEYS[1], KEYS[2]
-- First what needs memory: behind any other write a full server would let it pass.
call('SET', first, most)
call('UNLINK', first, second)
call('HSET', first, 'a', most)
call('HMGET', first, 'a')
call('HGET', first, 'a')
call('HLEN', first)
call('HKEYS', first)
call('HDEL', first, 'b')
call('RENAME', first, second)
call('XADD', first, '1-0', 'a', most)
call('XRANGE', first, '1-0', '1-0')
call('UNLINK', first, second)
call('ZADD', first, most, 'a')
call('ZCARD', first)
call('ZRANGEBYSCORE', first, '-inf', most, 'LIMIT', 0, 1)
call('ZRANGE', first, 0, 0, 'WITHSCORES')
call('ZREM', first, 'a')
call('SET', first, most)
call('PEXPIRE', first, 1)
call('TIME')
return most
`)

/**
 * Asks the server how safe what it is told is, and warns of every way to lose it. Managed servers hide some of
 * that; of a cluster, the server of one key is asked.
 *
 * @throws Error when the server cannot be written to, or does not count as it must.
 */
export async function checkServer({ connection, key, logger }: CheckOptions): Promise<Durability> {
  if ((await connection.evaluate(probe, [`${key}:probe`, `${key}:probe:again`], [])) !== String(maxNano)) {
    throw new Error('This Redis does not keep numbers of 53 bits: it cannot hold credits.')
  }
  const ask = (...command: readonly string[]) => connection.command(key, command)
  const info = await ask('INFO').then(readInfo, () => undefined)
  if (!info) {
    logger.warn({}, 'Redis does not say whether it may evict or lose credits: INFO is forbidden.')
    return 'none'
  }
  const policy = info.get('maxmemory_policy')
  if (info.get('maxmemory') !== '0' && policy !== 'noeviction') {
    logger.warn(
      { policy },
      'Redis may evict credits when its memory is full: set maxmemory-policy to noeviction.',
    )
  }
  if (info.get('aof_enabled') !== '1') {
    logger.warn({}, 'Redis loses credits when it restarts: set appendonly to yes.')
    return 'none'
  }
  const fsync = await ask('CONFIG', 'GET', 'appendfsync').then(
    (reply) => (reply as readonly string[])[1],
    () => undefined,
  )
  if (fsync === 'always') return 'sync'
  // Also `everysec` acknowledges before it writes: while a sync is slow, writes wait up to two seconds in its memory.
  const message = 'Redis may lose the charges of its last seconds when it dies: set appendfsync to always.'
  logger.warn({ appendfsync: fsync ?? 'hidden' }, message)
  return 'window'
}

/** Lines of a name, a colon and a value. */
function readInfo(reply: unknown): Map<string, string> {
  const lines = String(reply).split(/\r?\n/)
  return new Map(lines.map((line) => line.split(':', 2) as [string, string]))
}
