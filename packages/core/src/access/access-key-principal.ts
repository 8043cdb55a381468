import { parseUsd } from '../billing/money.ts'
import type { KeyLimits } from '../credits/driver.ts'
import type { AccessKeyRecord } from './access-key.ts'

/** Who a valid access key speaks for. */
export interface AccessKeyPrincipal {
  readonly account: string
  readonly accessKeyId: string
  /** What ledger and usage show: the key's id. */
  readonly subject: string
  /** The access key configuration that governs the key. */
  readonly configuration: string | undefined
  /** Undefined when the key is not limited. */
  readonly limits: KeyLimits | undefined
}

/** The principal of a key. */
export function toPrincipal(record: AccessKeyRecord): AccessKeyPrincipal {
  const { id, account, configuration } = record
  return Object.freeze({ account, accessKeyId: id, subject: id, configuration, limits: toKeyLimits(record) })
}

function toKeyLimits({ id, limits = {} }: AccessKeyRecord): KeyLimits | undefined {
  const { spend, rpm, tpm, concurrency } = limits
  const keyLimits: KeyLimits = {
    id,
    ...(spend && {
      spendLimit: parseUsd(spend.limit, 'limits.spend.limit'),
      spendWindow: spend.window ?? 'lifetime',
    }),
    ...(rpm !== undefined && { rpm }),
    ...(tpm !== undefined && { tpm }),
    ...(concurrency !== undefined && { concurrency }),
  }
  return Object.keys(keyLimits).length > 1 ? Object.freeze(keyLimits) : undefined
}
