import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

const installed = '/usr/lib/postgresql'

/** Where the server's programs are; undefined where it is not installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(installed)) return undefined
  const folders = readdirSync(installed).map((version) => join(installed, version, 'bin'))
  return folders.filter((folder) => existsSync(join(folder, 'initdb'))).at(-1)
}

/** A server of one test's own, to be frozen and killed. */
export interface OwnCluster {
  readonly url: string
  /** Stops every process of the server where it stands. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** The server refuses to run as root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const ask = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: ask('-u'), gid: ask('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || !address) throw new Error('No port is free.')
  return address.port
}

/** Makes and starts a server that syncs nothing to the disk. */
export async function startOwnCluster(programs: string): Promise<OwnCluster> {
  const user = owner()
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-postgres-'))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const quiet = { cwd: folder, stdio: 'ignore', ...user } as const
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'],
    quiet,
  )
  const port = await freePort()
  const flags = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', '-c', 'fsync=off']
  const server = spawn(join(programs, 'postgres'), flags, quiet)
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await untilReady(url)
  return {
    url,
    freeze: () => signal(server, 'SIGSTOP'),
    thaw: () => signal(server, 'SIGCONT'),
    stop: async () => {
      signal(server, 'SIGCONT')
      const exited = once(server, 'exit')
      server.kill('SIGINT')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The server and each process that serves one of its connections. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  for (const id of [pid, ...children.split('\n').filter(Boolean).map(Number)]) process.kill(id, name)
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (tries > 100) throw error
      await sleep(100)
    }
  }
}
