import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOwnServer, freePort, type OwnServer } from './own-server.ts'

/** A Redis that syncs every command to its disk, unless other settings say otherwise. */
export async function createOwnRedis(
  settings: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always'],
): Promise<OwnServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'own-redis-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings]
  return createOwnServer({ command: 'redis-server', args, folder, port, url: `redis://127.0.0.1:${port}` })
}
