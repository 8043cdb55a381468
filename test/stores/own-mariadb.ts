import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOwnServer, freePort, type OwnServer } from './own-server.ts'

/** A MariaDB with an empty database `test` and its usual durability. */
export async function createOwnMariadb(settings: readonly string[] = []): Promise<OwnServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'own-mariadb-'))
  const own = ['--no-defaults', `--datadir=${folder}`]
  const install = [...own, '--auth-root-authentication-method=normal', '--user=root']
  execFileSync('mariadb-install-db', install, { stdio: 'ignore' })
  const socket = join(folder, 'own.sock')
  const listen = [`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${socket}`, '--user=root']
  const args = [...own, ...listen, '--innodb-buffer-pool-size=32M', '--skip-log-bin', ...settings]
  const url = `mysql://root@127.0.0.1:${port}/test`
  return createOwnServer({ command: 'mariadbd', args, folder, port, url })
}
