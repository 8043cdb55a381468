import { Command } from 'commander'
import { withGateway } from '../open-gateway.ts'
import { type OutputFlags, printRecord, printRows } from '../output/print.ts'
import { renderTime } from '../output/table.ts'
import { parseTime } from '../parse-flags.ts'

interface Flags extends OutputFlags {
  readonly store?: string
  readonly account: string
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
  add('audit', 'Compute the balance again from the ledger.').action((flags: Flags) =>
    withGateway(flags, async ({ credits: { audit } }) => {
      const report = await audit(flags.account)
      printRecord({ ...report }, flags)
      if (!report.ok) process.exitCode = 1
    }),
  )
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
