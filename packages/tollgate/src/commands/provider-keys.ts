import type { ProviderKey, ResealReport } from '@tollgate/core'
import { Command } from 'commander'
import { withGateway } from '../open-gateway.ts'
import { type OutputFlags, printRecord, printRows } from '../output/print.ts'
import { renderTime } from '../output/table.ts'

interface Flags extends OutputFlags {
  readonly store?: string
}

interface ListFlags extends Flags {
  readonly account?: string
  readonly provider?: string
}

/** `tollgate provider-keys`: the accounts' own credentials for providers. Secrets come from the environment alone. */
export function providerKeysCommand(): Command {
  const keys = new Command('provider-keys').description('List and re-encrypt provider keys of the accounts.')
  const add = (name: string, description: string) =>
    keys
      .command(name)
      .description(description)
      .option('--store <address>', 'where keys and credits are (TOLLGATE_STORE)')
      .option('--json', 'print JSON')
  add('list', 'List provider keys; values are never shown.')
    .option('--account <account>', 'of one account')
    .option('--provider <provider>', 'for one provider')
    .action(list)
  add(
    'reencrypt',
    'Encrypt under TOLLGATE_SECRET what is encrypted under one of TOLLGATE_PREVIOUS_SECRETS, secrets of stored providers included.',
  ).action(reencrypt)
  return keys
}

function list({ account, provider, ...flags }: ListFlags): Promise<void> {
  return withGateway(flags, async (gateway) => {
    const keys = await gateway.providerKeys.list({
      ...(account !== undefined && { account }),
      ...(provider !== undefined && { provider }),
    })
    printRows(
      keys.map(describe),
      ['id', 'account', 'provider', 'name', 'redacted', 'state', 'created'],
      flags,
    )
  })
}

function reencrypt(flags: Flags): Promise<void> {
  return withGateway(flags, async (gateway) => {
    const report = await gateway.providerKeys.reencrypt()
    printRecord({ ...report }, flags)
    refuseRest(report)
  })
}

/** A script that goes on to drop the old secret must stop here. */
function refuseRest({ remaining }: ResealReport): void {
  if (remaining === 0) return
  throw new Error(
    `${remaining} are still encrypted under another secret: name it in TOLLGATE_PREVIOUS_SECRETS and try again.`,
  )
}

/** Another process knows which ones cool down. */
function describe({ id, account, provider, name, redacted, disabled, createdAt, rotatedAt }: ProviderKey) {
  return {
    id,
    account,
    provider,
    name,
    redacted,
    state: disabled ? 'disabled' : 'active',
    created: renderTime(createdAt),
    rotated: renderTime(rotatedAt),
  }
}
