import type { AccessKey } from '@tollgate/core'
import { Command } from 'commander'
import { withGateway } from '../open-gateway.ts'
import { type OutputFlags, printRecord, printRows } from '../output/print.ts'
import { renderTime } from '../output/table.ts'
import { parseCount, parseTime } from '../parse-flags.ts'

interface Flags extends OutputFlags {
  readonly store?: string
}

interface CreateFlags extends Flags {
  readonly account: string
  readonly name?: string
  readonly expires?: number
  readonly rpm?: number
  readonly tpm?: number
  readonly concurrency?: number
  readonly spendLimit?: string
  readonly spendWindow?: 'day' | 'week' | 'month' | 'lifetime'
}

/** `tollgate keys`: access keys of the accounts. A running server sees changes within five seconds. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('Create, list and revoke access keys.')
  const add = (name: string, description: string) =>
    keys
      .command(name)
      .description(description)
      .option('--store <address>', 'where keys and credits are (TOLLGATE_STORE)')
      .option('--json', 'print JSON')
  add('create', 'Create a key; its token is shown this once.')
    .requiredOption('--account <account>', 'who pays')
    .option('--name <name>', 'what it is for')
    .option('--expires <date>', 'when it ends', parseTime)
    .option('--rpm <count>', 'requests per minute', parseCount)
    .option('--tpm <count>', 'tokens per minute', parseCount)
    .option('--concurrency <count>', 'calls at the same time', parseCount)
    .option('--spend-limit <usd>', 'US dollars it may spend')
    .option('--spend-window <window>', 'day, week, month or lifetime')
    .action(create)
  add('list', 'List keys; tokens are never shown.')
    .option('--account <account>', 'of one account')
    .action(list)
  const change = (name: string, description: string) =>
    add(name, description).argument('<id>', "the key's id")
  change('revoke', 'Revoke a key for ever.').action((id: string, flags: Flags) =>
    withGateway(flags, async (gateway) => printRecord(describe(await gateway.keys.revoke(id)), flags)),
  )
  change('rotate', 'Give a key a new token, shown this once.').action((id: string, flags: Flags) =>
    withGateway(flags, async (gateway) => {
      const key = await gateway.keys.rotate(id)
      printRecord({ ...describe(key), token: key.token }, flags)
    }),
  )
  for (const disabled of [true, false]) {
    change(
      disabled ? 'disable' : 'enable',
      disabled ? 'Stop a key for now.' : 'Let a disabled key work again.',
    ).action((id: string, flags: Flags) =>
      withGateway(flags, async (gateway) => {
        printRecord(describe(await gateway.keys.update(id, { disabled })), flags)
      }),
    )
  }
  return keys
}

function create(flags: CreateFlags): Promise<void> {
  return withGateway(flags, async (gateway) => {
    const { account, name, expires } = flags
    const limits = readLimits(flags)
    const key = await gateway.keys.create({
      account,
      ...(name !== undefined && { name }),
      ...(expires !== undefined && { expiresAt: expires }),
      ...(Object.keys(limits).length > 0 && { limits }),
    })
    printRecord({ ...describe(key), token: key.token }, flags)
  })
}

function readLimits({ rpm, tpm, concurrency, spendLimit, spendWindow }: CreateFlags) {
  const spend = spendLimit !== undefined && { limit: spendLimit, ...(spendWindow && { window: spendWindow }) }
  return {
    ...(rpm !== undefined && { rpm }),
    ...(tpm !== undefined && { tpm }),
    ...(concurrency !== undefined && { concurrency }),
    ...(spend && { spend }),
  }
}

function list(flags: Flags & { readonly account?: string }): Promise<void> {
  return withGateway(flags, async (gateway) => {
    const keys = await gateway.keys.list(flags.account)
    printRows(keys.map(describe), ['id', 'account', 'name', 'state', 'created', 'expires', 'lastUsed'], flags)
  })
}

function describe({
  id,
  account,
  name,
  disabled,
  revokedAt,
  createdAt,
  expiresAt,
  lastUsedAt,
  limits,
}: AccessKey) {
  const expired = expiresAt !== undefined && expiresAt <= Date.now()
  const state = revokedAt !== undefined ? 'revoked' : disabled ? 'disabled' : expired ? 'expired' : 'active'
  return {
    id,
    account,
    name,
    state,
    created: renderTime(createdAt),
    expires: renderTime(expiresAt),
    lastUsed: renderTime(lastUsedAt),
    limits,
  }
}
