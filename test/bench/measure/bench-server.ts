import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Contestant, direct } from '../contestants.ts'
import type { Target } from '../load/load-questions.ts'
import { type Child, startChild } from '../process/child.ts'
import type { LedgerFacts } from '../servers/ledger-facts.ts'
import type { ServerQuestions } from '../servers/server-questions.ts'
import type { UpstreamQuestions } from '../upstream-process.ts'
import type { Bench } from './take-turns.ts'

/** A contestant that runs. */
export interface BenchServer {
  readonly contestant: Contestant
  readonly target: Target
  readonly pid: number
  /** The process that plays the provider: for `direct` the server itself. */
  readonly upstream: Pick<Child<UpstreamQuestions>, 'ask'>
  processorMicros(): Promise<number>
  ledger(): Promise<LedgerFacts>
  stop(): Promise<void>
}

export interface UpstreamAddress {
  readonly url: string
  readonly child: Child<UpstreamQuestions>
}

type Asked = Required<ServerQuestions> & UpstreamQuestions

/** Starts a contestant as a process on the core of the servers. */
export async function startBenchServer(
  contestant: Contestant,
  { upstream, serverCore: core, modules }: Pick<Bench, 'upstream' | 'serverCore' | 'modules'>,
): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  const child = startChild<Asked>({
    core,
    module: new URL(contestant.module, modules),
    args: contestant.args,
  })
  const store = contestant.store === 'sqlite' ? `sqlite:${join(folder, 'bench.db')}` : 'memory:'
  const target = await child.ask('start', { upstream: upstream.url, store })
  return {
    contestant,
    target,
    pid: child.pid,
    upstream: contestant.name === direct ? child : upstream.child,
    processorMicros: () => child.ask('processorMicros'),
    ledger: () => child.ask('ledger'),
    async stop() {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
