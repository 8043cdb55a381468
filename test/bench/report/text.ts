import { contestants } from '../contestants.ts'
import type { Workload } from '../workloads/workload.ts'
import type { Figures, Ratio } from './figures.ts'
import { formatTable } from './table.ts'
import type { Verdict } from './verdicts.ts'

interface Column {
  readonly title: string
  cell(figures: Figures): string
}

const server: Column = { title: 'server', cell: (figures) => figures.server }
const processor: readonly Column[] = [
  { title: 'µs/call', cell: ({ microsPerCall }) => microsPerCall.toFixed(0) },
  { title: 'ratio', cell: ({ processorRatio }) => formatRatio(processorRatio) },
  { title: 'least–most', cell: ({ processorRatio }) => formatRange(processorRatio) },
]
const memory: Column = { title: 'peak MiB', cell: ({ peakMebibytes }) => peakMebibytes.toFixed(0) }
const pieces: Column = { title: 'writes', cell: (figures) => figures.pieces.toFixed(0) }
const busy: Column = { title: 'load busy', cell: ({ loadBusy }) => `${(loadBusy * 100).toFixed(0)} %` }
const sound: Column = { title: 'sound', cell: formatSoundness }

const rateColumns: readonly Column[] = [
  server,
  ...processor,
  { title: 'calls/s', cell: ({ callsPerSecond }) => callsPerSecond.toFixed(0) },
  { title: 'p50 ms', cell: ({ p50 }) => p50.toFixed(1) },
  { title: 'p99 ms', cell: ({ p99 }) => p99.toFixed(1) },
  memory,
  pieces,
  busy,
  sound,
]

const streamColumns: readonly Column[] = [
  server,
  { title: '+TTFB p50', cell: ({ addedFirstByteP50 }) => formatMilliseconds(addedFirstByteP50) },
  { title: 'p99 ms', cell: ({ addedFirstByteP99 }) => formatMilliseconds(addedFirstByteP99) },
  memory,
  { title: 'ratio', cell: ({ memoryRatio }) => formatRatio(memoryRatio) },
  {
    title: 'alive client/upstream',
    cell: ({ alive }) => (alive ? `${alive.client}/${alive.upstream}` : '–'),
  },
  ...processor,
  pieces,
  busy,
  sound,
]

/** One workload as a table. */
export function formatWorkload(workload: Workload, figures: readonly Figures[]): string {
  const columns = workload.load.kind === 'side-by-side' ? streamColumns : rateColumns
  const rows = figures.map((one) => columns.map(({ cell }) => cell(one)))
  const table = formatTable([columns.map(({ title }) => title), ...rows])
  return [`## ${workload.title} (${workload.name})`, table, ...figures.flatMap(formatFaults)].join('\n')
}

/** The promises, one line each. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ workload, server: name, of, limit, measured, kept }) => [
    workload,
    name,
    of,
    `≤ ${limit}`,
    measured.toFixed(2),
    kept ? 'kept' : 'BROKEN',
  ])
  return formatTable([['limit', 'server', 'of', 'at most', 'measured', ''], ...rows])
}

function formatRatio(ratio: Ratio | undefined): string {
  return ratio ? ratio.median.toFixed(2) : '–'
}

function formatRange(ratio: Ratio | undefined): string {
  return ratio ? `${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)}` : '–'
}

function formatMilliseconds(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1)
}

/** Charges are looked at only where somebody charges. */
function formatSoundness(figures: Figures): string {
  if (formatFaults(figures).length > 0) return 'NO'
  return contestants.find(({ name }) => name === figures.server)?.store ? 'charged' : 'yes'
}

function formatFaults({ server: name, faults, chargeFaults, leftOpen }: Figures): string[] {
  return [
    ...Object.entries(faults).map(([fault, times]) => `  ! ${name}: ${times} × ${fault}`),
    ...chargeFaults.map((fault) => `  ! ${name}: ${fault}`),
    ...(leftOpen > 0 ? [`  ! ${name}: ${leftOpen} answers left open at the upstream`] : []),
  ]
}
