import { formatUsd } from '../../packages/core/src/billing/money.ts'
import type { FaultName } from './faults.ts'
import { type ChaosReport, type ChaosStore, runChaos } from './run-chaos.ts'

/**
 * Every fault on every store, and what was lost: `npm run chaos`, with `-- --seconds 5 --only redis` for a short one.
 */
const flag = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}
const seconds = Number(flag('seconds', '20'))
const only = flag('only', '')

const ofServers: readonly (readonly FaultName[])[] = [
  ['client killed'],
  ['store killed'],
  ['answers lost'],
  ['store paused'],
  ['disk full'],
  ['client killed', 'store killed', 'answers lost', 'store paused', 'disk full'],
]
const stores: Readonly<Record<ChaosStore, readonly (readonly FaultName[])[]>> = {
  sqlite: [['client killed']],
  redis: ofServers,
  'redis, synced every second': [['store killed'], ofServers.at(-1) ?? []],
  postgres: ofServers,
  mariadb: ofServers,
}

function print({
  store,
  faults,
  processes,
  injected,
  calls,
  charged,
  lost,
  problems,
  unconfirmed,
}: ChaosReport): void {
  const name = faults.length === 1 ? faults[0] : 'all of them in turn'
  const columns = [
    `${store}, ${processes} processes: ${name}`.padEnd(46),
    `${injected} faults`.padStart(10),
    `${calls} charges`.padStart(15),
    `$${formatUsd(charged)}`.padStart(15),
    `${unconfirmed} in doubt`.padStart(13),
    `lost ${lost} nano-dollars`,
  ]
  console.log(columns.join('  '))
  for (const problem of problems) console.log(`  ${problem}`)
}

const totals = { runs: 0, faults: 0, calls: 0, charged: 0n, lost: 0n, problems: 0 }
for (const [store, scenarios] of Object.entries(stores)) {
  if (!store.includes(only)) continue
  for (const faults of scenarios) {
    const processes = store === 'sqlite' ? 1 : 4
    const report = await runChaos({ store: store as ChaosStore, faults, seconds, processes })
    print(report)
    totals.runs += 1
    totals.faults += report.injected
    totals.calls += report.calls
    totals.charged += report.charged
    // It acknowledges before it writes: what that costs is shown, and promised to nobody.
    if (store !== 'redis, synced every second') totals.lost += report.lost
    totals.problems += report.problems.length
  }
}
const { runs, faults, calls, charged, lost, problems } = totals
console.log(
  `${runs} runs, ${faults} faults, ${calls} charges of $${formatUsd(charged)}: ${lost} nano-dollars lost, ${problems} problems`,
)
process.exit(lost === 0n && problems === 0 ? 0 : 1)
