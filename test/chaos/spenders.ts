import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { readSpenderLog, type SpenderEntry } from './spender-log.ts'

export interface SpenderOptions {
  readonly store: string
  readonly folder: string
  readonly accounts: readonly string[]
  readonly ttlMs: number
  /** Calls at once in each process. */
  readonly width?: number
}

/** Processes that spend, each of which can be killed and replaced. */
export interface Spenders {
  readonly killed: number
  start(count: number): Promise<void>
  /** SIGKILL to one of them, and another one in its place. */
  killOne(): Promise<void>
  killAll(): Promise<void>
  /** What all of them knew, the dead ones too. */
  entries(): SpenderEntry[]
}

const program = join(import.meta.dirname, 'spender.ts')

export function createSpenders({ store, folder, accounts, ttlMs, width = 8 }: SpenderOptions): Spenders {
  const living = new Set<ChildProcess>()
  const logs: string[] = []
  let killed = 0

  const startOne = async () => {
    const log = join(folder, `spender-${logs.length}.log`)
    logs.push(log)
    const spool = join(folder, 'spool')
    const args = [store, spool, log, accounts.join(','), String(ttlMs), String(width)]
    const child = fork(program, args, { execArgv: ['--conditions=@tollgate/source'] })
    living.add(child)
    const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
    if (message !== 'ready') throw new Error('A spender did not start.')
  }
  const kill = async (child: ChildProcess) => {
    living.delete(child)
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    killed += 1
  }
  return {
    get killed() {
      return killed
    },
    async start(count) {
      await Promise.all(Array.from({ length: count }, startOne))
    },
    async killOne() {
      const all = [...living]
      const victim = all[Math.floor(Math.random() * all.length)]
      if (!victim) return
      await kill(victim)
      await startOne()
    },
    async killAll() {
      await Promise.all([...living].map(kill))
    },
    entries: () => logs.flatMap(readSpenderLog),
  }
}
