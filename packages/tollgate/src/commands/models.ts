import { createGateway } from '@tollgate/core'
import { Command } from 'commander'
import { type OutputFlags, printRows } from '../output/print.ts'

interface Flags extends OutputFlags {
  readonly store?: string
  readonly account?: string
  readonly sandbox?: true
}

/** `tollgate models`: what may be called with the providers in the environment. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('List the models that may be called, with their prices.')
    .option('--account <account>', 'also what its own provider keys open')
    .option('--store <address>', 'where keys and credits are (TOLLGATE_STORE)')
    .option('--sandbox', 'with the built-in provider "sandbox:"')
    .option('--json', 'print JSON')
    .action(printModels)
}

async function printModels(flags: Flags): Promise<void> {
  const { store, account, sandbox } = flags
  const quiet = { info() {}, warn() {}, error() {} }
  const gateway = createGateway({
    ...(store !== undefined && { store }),
    ...(sandbox && { sandbox }),
    logger: quiet,
  })
  try {
    const models = await gateway.models.list(account === undefined ? undefined : { account })
    const rows = models.map(({ id, owned_by: provider, context_window: context, pricing }) => {
      const price = (type: string) =>
        pricing.rates.find((rate) => rate.type === type && rate.conditions === undefined)?.price
      return { id, provider, context, input: price('text_in'), output: price('text_out') }
    })
    printRows(flags.json ? models.map((model) => ({ ...model })) : rows, modelColumns, flags)
  } finally {
    await gateway.close()
  }
}

/** Prices are US dollars per million tokens. */
const modelColumns = ['id', 'provider', 'context', 'input', 'output']
