import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A database server that belongs to one test, which may do to it whatever a data centre does. */
export interface OwnServer {
  /** What a store is opened with. */
  readonly url: string
  readonly port: number
  start(): Promise<void>
  /** SIGKILL: no time for last words. */
  kill(): Promise<void>
  /** SIGSTOP: it keeps its connections and says nothing. */
  pause(): void
  resume(): void
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  readonly port: number
  readonly url: string
  /** Run as this user and group, where the server refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** A server process that can be killed and started again on the same data. */
export function createOwnServer({ command, args, folder, port, url, user }: ServerCommand): OwnServer {
  let child: ChildProcess | undefined
  /** Databases have processes of their own: some in the server's group, Postgres's in groups of their own. */
  const signal = (name: NodeJS.Signals) => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const others = childrenOf(child.pid)
    process.kill(-child.pid, name)
    for (const pid of others) signalIfThere(pid, name)
  }
  const end = async (name: NodeJS.Signals) => {
    const ending = child
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const closed = once(ending, 'exit')
    signal(name)
    await closed
    child = undefined
  }
  return {
    url,
    port,
    async start() {
      child = spawn(command, args, { cwd: folder, detached: true, stdio: 'ignore', ...user })
      await listening(port)
    },
    kill: () => end('SIGKILL'),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async remove() {
      signal('SIGCONT')
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

/** A child may have ended with the server. */
function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isUp) return
    await sleep(50)
  }
  throw new Error(`Nothing listens on port ${port}.`)
}
