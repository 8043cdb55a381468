import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { withGateway } from '../open-gateway.ts'
import { type OutputFlags, printRecord, printRows } from '../output/print.ts'
import { renderTime } from '../output/table.ts'
import { parseTime } from '../parse-flags.ts'

interface Flags extends OutputFlags {
  readonly store?: string
  readonly account: string
}

/** Of one account, or of all. */
interface ReadFlags extends OutputFlags {
  readonly store?: string
  readonly account?: string
}

interface ExportFlags extends ReadFlags {
  readonly format: 'csv' | 'jsonl'
}

interface ChangeFlags extends Flags {
  readonly amount: string
  readonly reference: string
  readonly expires?: number
}

/** `tollgate credits`: what the accounts have. A SQLite store is served by one process: stop the server first. */
export function creditsCommand(): Command {
  const credits = new Command('credits').description('Grant and withdraw credits, read balances and ledgers.')
  const add = (name: string, description: string) =>
    credits
      .command(name)
      .description(description)
      .requiredOption('--account <account>', 'whose credits')
      .option('--store <address>', 'where keys and credits are (TOLLGATE_STORE)')
      .option('--json', 'print JSON')
  const addForAll = (name: string, description: string) =>
    credits
      .command(name)
      .description(description)
      .option('--account <account>', 'of one account')
      .option('--store <address>', 'where keys and credits are (TOLLGATE_STORE)')
  const change = (name: string, description: string) =>
    add(name, description)
      .requiredOption('--amount <usd>', 'US dollars, for instance 25.00')
      .requiredOption('--reference <text>', 'an invoice or payment id: repeating it changes nothing')
  change('grant', 'Add credits, once for each reference.')
    .option('--expires <date>', 'when what is unspent is taken back', parseTime)
    .action((flags: ChangeFlags) =>
      withGateway(flags, async ({ credits: { grant } }) => {
        const { account, amount, reference, expires } = flags
        const expiry = expires !== undefined && { expiresAt: expires }
        printRecord({ account, ...(await grant({ account, amount, reference, ...expiry })) }, flags)
      }),
    )
  change('withdraw', 'Take credits back, at most what is available.').action((flags: ChangeFlags) =>
    withGateway(flags, async ({ credits: { withdraw } }) => {
      const { account, amount, reference } = flags
      printRecord({ account, ...(await withdraw({ account, amount, reference })) }, flags)
    }),
  )
  add('balance', 'What an account has.').action((flags: Flags) =>
    withGateway(flags, async ({ credits: { balance } }) => {
      printRecord({ account: flags.account, ...(await balance(flags.account)) }, flags)
    }),
  )
  add('ledger', 'Every change of an account.').action(printLedger)
  addForAll('audit', 'Compute everything again from the ledger; fails where something disagrees.')
    .option('--json', 'print JSON')
    .action(printAudit)
  addForAll('export', 'Write the ledger to the standard output.')
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'jsonl']).default('csv'))
    .action(writeLedger)
  return credits
}

function printLedger(flags: Flags): Promise<void> {
  return withGateway(flags, async ({ credits: { ledger } }) => {
    const rows = []
    for await (const { seq, op, ref, amount, shortfall, availableAfter, at, key } of ledger(flags.account)) {
      rows.push({ seq, at: renderTime(at), op, amount, shortfall, availableAfter, ref, key })
    }
    printRows(rows, ['seq', 'at', 'op', 'amount', 'availableAfter', 'ref', 'key'], flags)
  })
}

function printAudit(flags: ReadFlags): Promise<void> {
  return withGateway(flags, async ({ credits: { audit, accounts } }) => {
    const reports = []
    for await (const account of flags.account === undefined ? accounts() : [flags.account]) {
      reports.push({ ...(await audit(account)) })
    }
    printRows(reports, ['account', 'ok', 'entries', 'firstBadSeq', 'problems'], flags)
    if (reports.some(({ ok }) => !ok)) process.exitCode = 1
  })
}

function writeLedger({ format, account, ...flags }: ExportFlags): Promise<void> {
  return withGateway(flags, async ({ credits }) => {
    const lines = credits.export({ format, ...(account !== undefined && { account }) })
    await pipeline(Readable.from(withLineEnds(lines)), process.stdout, { end: false })
  })
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string, void> {
  for await (const line of lines) yield `${line}\n`
}
