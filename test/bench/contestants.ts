import type { Workload } from './workloads/workload.ts'

/** A server under test. */
export interface Contestant {
  /** As `--servers` names it. */
  readonly name: string
  /** In `servers/`. */
  readonly module: string
  readonly args: readonly string[]
  /** Only gateways have one; they charge. */
  readonly store?: 'sqlite' | 'memory'
}

/** Every ratio is relative to this one. */
export const baseline = 'proxy'
/** Nothing in between; what is added to a time is added to this one's. */
export const direct = 'direct'
/** The baseline with the agent it has by itself, which shares 256 sockets. */
const cappedProxy = 'proxy-default'

const others: readonly Contestant[] = [
  { name: direct, module: 'direct.js', args: [] },
  { name: 'relay', module: 'relay.js', args: [] },
  { name: baseline, module: 'proxy.js', args: [] },
  { name: cappedProxy, module: 'proxy.js', args: ['default'] },
]

const gateways: readonly Contestant[] = ['node', 'express', 'koa', 'fastify'].flatMap((framework) =>
  (['sqlite', 'memory'] as const).map((store) => ({
    name: `${framework}-${store}`,
    module: `gateway-${framework}.js`,
    args: [],
    store,
  })),
)

export const contestants: readonly Contestant[] = [...others, ...gateways]

/**
 * The capped proxy differs only where more calls run at once than it has sockets; there it queues for minutes,
 * so that one round must do.
 */
export function takesPart({ name }: Contestant, { load }: Workload, round = 0): boolean {
  return name !== cappedProxy || (load.kind === 'side-by-side' && round === 0)
}

/** What a framework and a store cost is the same in all lanes of a race, so that one gateway is enough. */
export function raceContestant(selected: readonly Contestant[]): Contestant | undefined {
  const chosen = selected.filter(({ store }) => store)
  return chosen.find(({ name }) => name === 'node-memory') ?? chosen[0]
}
