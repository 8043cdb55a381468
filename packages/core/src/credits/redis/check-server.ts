import type { Logger } from '../../options/options.ts'
import type { RedisConnection } from '../../store/redis/redis-connection.ts'
import type { CreditDriver } from '../driver.ts'

type Durability = CreditDriver['durability']

export interface CheckOptions {
  readonly connection: RedisConnection
  readonly key: string
  readonly logger: Logger
}

/**
 * Asks the server how safe what it is told is, and warns of every way to lose it. Managed servers hide some of
 * that; of a cluster, the server of one key is asked.
 */
export async function checkServer({ connection, key, logger }: CheckOptions): Promise<Durability> {
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
  if (fsync === 'everysec') return 'window'
  const message = 'Redis may lose the last charges at a power cut: set appendfsync to everysec or always.'
  logger.warn({ appendfsync: fsync ?? 'hidden' }, message)
  return 'window'
}

/** Lines of a name, a colon and a value. */
function readInfo(reply: unknown): Map<string, string> {
  const lines = String(reply).split(/\r?\n/)
  return new Map(lines.map((line) => line.split(':', 2) as [string, string]))
}
