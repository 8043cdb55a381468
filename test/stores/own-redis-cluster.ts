import { setTimeout as sleep } from 'node:timers/promises'
import { openRedis } from '../../packages/core/src/store/redis/open-redis.ts'
import { createOwnRedis } from './own-redis.ts'
import { freePort, type OwnServer } from './own-server.ts'

export interface OwnRedisCluster {
  /** Two masters that share the slots: the first has those below 8192. */
  readonly urls: readonly [first: string, second: string]
  /** A replica of the first, when one was asked for. */
  readonly replica: OwnServer | undefined
  remove(): Promise<void>
}

export interface OwnRedisClusterOptions {
  /** @default false */
  readonly replica?: boolean
}

/** Masters that share the slots, so that half of all keys are where a client did not ask first. */
export async function createOwnRedisCluster({
  replica = false,
}: OwnRedisClusterOptions = {}): Promise<OwnRedisCluster> {
  const busPorts = [await freePort(), await freePort(), ...(replica ? [await freePort()] : [])]
  const servers = await Promise.all(busPorts.map((port) => createOwnRedis(settings(port))))
  for (const server of servers) await server.start()
  const [first, second, third] = servers as [OwnServer, OwnServer, OwnServer?]
  await askServer(first.url, 'CLUSTER', 'ADDSLOTSRANGE', '0', '8191')
  await askServer(second.url, 'CLUSTER', 'ADDSLOTSRANGE', '8192', '16383')
  for (const [index, { port }] of servers.entries()) {
    if (index > 0)
      await askServer(first.url, 'CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${busPorts[index] ?? ''}`)
  }
  for (const { url } of servers) await until(url, ['CLUSTER', 'INFO'], 'cluster_state:ok', 'cluster_size:2')
  if (third) await replicate(first.url, third)
  return {
    urls: [first.url, second.url],
    replica: third,
    remove: async () => {
      for (const server of servers) await server.remove()
    },
  }
}

const settings = (busPort: number) => [
  ...['--appendonly', 'yes', '--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
]

/** Asks this very server, whatever it is in a cluster. */
export async function askServer(url: string, ...words: readonly string[]): Promise<unknown> {
  const connection = openRedis({ url })
  try {
    return await connection.command('', words)
  } finally {
    connection.close()
  }
}

async function replicate(masterUrl: string, replica: OwnServer): Promise<void> {
  const master = String(await askServer(masterUrl, 'CLUSTER', 'MYID'))
  await until(replica.url, ['CLUSTER', 'NODES'], master)
  await askServer(replica.url, 'CLUSTER', 'REPLICATE', master)
  await until(replica.url, ['INFO', 'replication'], 'master_link_status:up')
  const id = String(await askServer(replica.url, 'CLUSTER', 'MYID'))
  await until(masterUrl, ['CLUSTER', 'REPLICAS', master], id)
}

async function until(url: string, words: readonly string[], ...expected: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = String(await askServer(url, ...words))
    if (expected.every((part) => answer.includes(part))) return
    await sleep(50)
  }
  throw new Error(`The servers do not find together: ${words.join(' ')} has no ${expected.join(', ')}.`)
}
