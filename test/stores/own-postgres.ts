import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOwnServer, freePort, type OwnServer } from './own-server.ts'

/** Debian keeps the server's programs apart, by version. Empty where they are on the path, or nowhere. */
export function postgresPrograms(): string {
  const root = '/usr/lib/postgresql'
  const newest = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a))[0] : undefined
  return newest === undefined ? '' : `${join(root, newest, 'bin')}/`
}

/** Postgres refuses to run as root. */
function unprivileged() {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** A Postgres with an empty database and its usual durability. */
export async function createOwnPostgres(settings: readonly string[] = []): Promise<OwnServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'own-postgres-'))
  const user = unprivileged()
  if (user) chownSync(folder, user.uid, user.gid)
  const options = { cwd: folder, stdio: 'ignore', ...user } as const
  execFileSync(
    `${postgresPrograms()}initdb`,
    ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'],
    options,
  )
  const args = [
    '-D',
    folder,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'listen_addresses=127.0.0.1',
    ...settings,
  ]
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const command = `${postgresPrograms()}postgres`
  return createOwnServer({ command, args, folder, port, url, ...(user && { user }) })
}
