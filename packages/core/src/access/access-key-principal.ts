import { parseUsd } from '../billing/money.ts'
import type { AccessKeyRecord } from './access-key.ts'
import type { LimitSet, Principal } from './principal.ts'

/** Who a valid access key speaks for. */
export interface AccessKeyPrincipal extends Principal {
  readonly accessKeyId: string
  /** What ledger and usage show: the key's id. */
  readonly subject: string
  /** The access key configuration that governs the key. */
  readonly configuration: string | undefined
}

/** The principal of a key. */
export function toPrincipal(record: AccessKeyRecord): AccessKeyPrincipal {
  const { id, account, configuration } = record
  const limits = toLimitSets(record)
  return Object.freeze({ account, accessKeyId: id, subject: id, configuration, limits, policy: undefined })
}

function toLimitSets({ id, limits = {} }: AccessKeyRecord): readonly LimitSet[] {
  const { spend, rpm, tpm, concurrency } = limits
  const set: LimitSet = {
    id,
    owner: 'the access key',
    ...(spend && {
      spendLimit: parseUsd(spend.limit, 'limits.spend.limit'),
      spendWindow: spend.window ?? 'lifetime',
    }),
    ...(rpm !== undefined && { rpm }),
    ...(tpm !== undefined && { tpm }),
    ...(concurrency !== undefined && { concurrency }),
  }
  return Object.keys(set).length > 2 ? [Object.freeze(set)] : []
}
