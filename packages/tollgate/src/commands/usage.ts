import type { UsageGroup } from '@tollgate/core'
import { Command } from 'commander'
import { withGateway } from '../open-gateway.ts'
import { type OutputFlags, printRows } from '../output/print.ts'
import { renderTime } from '../output/table.ts'
import { parseTime } from '../parse-flags.ts'

interface Flags extends OutputFlags {
  readonly store?: string
  readonly account?: string
  readonly from?: number
  readonly to?: number
  readonly summary?: true
  readonly by?: readonly string[]
  readonly retries?: true
}

/** Columns behind those that it is summed up by. */
const summed = ['requests', 'errors', 'inputTokens', 'outputTokens', 'modelCost', 'fee', 'charged']

const parseNames = (text: string): string[] => text.split(',').map((name) => name.trim())

/** `tollgate usage`: what was called and what it cost. */
export function usageCommand(): Command {
  return new Command('usage')
    .description('Show calls and what they were charged.')
    .option('--account <account>', 'of one account')
    .option('--from <date>', 'calls that began then or later', parseTime)
    .option('--to <date>', 'calls that began before', parseTime)
    .option('--summary', 'sums, by model unless --by says otherwise')
    .option(
      '--by <names>',
      'sums by these, with commas between: account, accessKey, model, provider, tag, configuration, hour, day, week, month',
      parseNames,
    )
    .option('--retries', 'every attempt, not the final ones alone')
    .option('--store <address>', 'where keys and credits are (TOLLGATE_STORE)')
    .option('--json', 'print JSON')
    .action(printUsage)
}

function printUsage(flags: Flags): Promise<void> {
  const { account, from, to } = flags
  const query = {
    ...(account !== undefined && { account }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(flags.retries && { includeRetries: true }),
  }
  return withGateway(flags, async ({ usage }) => {
    if (flags.summary || flags.by) {
      const groupBy = (flags.by ?? ['model']) as readonly UsageGroup[]
      const rows = (await usage.summary({ ...query, groupBy })).map((row) => ({ ...row }))
      return printRows(rows, [...groupBy, ...summed], flags)
    }
    const rows = []
    for await (const event of usage.events(query)) {
      const shown = { ...event, model: `${event.provider}:${event.model}`, at: renderTime(event.startedAt) }
      rows.push(flags.json ? event : shown)
    }
    printRows(rows as never, ['at', 'account', 'model', 'status', 'usage', 'charged', 'requestId'], flags)
  })
}
