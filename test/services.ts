import { Socket } from 'node:net'
import { describe } from 'vitest'

/** Where tests find a server: what the environment names, or else the local one. */
export const postgresUrl = () => process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
export const redisUrl = () => process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'
export const mysqlUrl = () => process.env.MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test'

const defaultPorts: Readonly<Record<string, number>> = { 'postgres:': 5432, 'redis:': 6379, 'mysql:': 3306 }

/** Whether something listens there. */
async function isThere(url: string): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = new Socket()
  socket.setTimeout(1000, () => resolve(false))
  socket
    .on('error', () => resolve(false))
    .connect(Number(port || defaultPorts[protocol]), hostname, () => resolve(true))
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}

/**
 * Tests that need the server at `url`. Without it they are skipped, and the title says so; with
 * REQUIRE_SERVICES=1 they run, and fail.
 */
export async function describeWithService(title: string, url: string, tests: () => void): Promise<void> {
  if (process.env.REQUIRE_SERVICES === '1' || (await isThere(url))) describe(title, tests)
  else describe.skip(`${title} (skipped: no server at ${new URL(url).host})`, tests)
}
