import { setTimeout as sleep } from 'node:timers/promises'
import { openRedis } from '../../packages/core/src/store/redis/open-redis.ts'
import { createOwnRedis } from './own-redis.ts'
import { freePort, type OwnServer } from './own-server.ts'

export interface OwnRedisCluster {
  readonly urls: readonly string[]
  remove(): Promise<void>
}

/** Two masters that share the slots, so that half of all keys are where a client did not ask first. */
export async function createOwnRedisCluster(): Promise<OwnRedisCluster> {
  const busPorts = [await freePort(), await freePort()]
  const servers = await Promise.all(busPorts.map((port) => createOwnRedis(settings(port))))
  for (const server of servers) await server.start()
  const [first, second] = servers as [OwnServer, OwnServer]
  await command(first, 'CLUSTER', 'ADDSLOTSRANGE', '0', '8191')
  await command(second, 'CLUSTER', 'ADDSLOTSRANGE', '8192', '16383')
  await command(first, 'CLUSTER', 'MEET', '127.0.0.1', String(second.port), String(busPorts[1]))
  for (const server of servers) await together(server)
  return {
    urls: servers.map(({ url }) => url),
    remove: async () => {
      for (const server of servers) await server.remove()
    },
  }
}

const settings = (busPort: number) => [
  ...['--appendonly', 'yes', '--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
]

async function command(server: OwnServer, ...words: readonly string[]): Promise<unknown> {
  const connection = openRedis({ url: server.url })
  try {
    return await connection.command('', words)
  } finally {
    connection.close()
  }
}

async function together(server: OwnServer): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const info = String(await command(server, 'CLUSTER', 'INFO'))
    if (info.includes('cluster_state:ok') && info.includes('cluster_size:2')) return
    await sleep(50)
  }
  throw new Error('The servers do not find together.')
}
