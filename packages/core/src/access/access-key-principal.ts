import type { AccessKeyRecord } from './access-key.ts'
import { compileRanges } from './policies/address-ranges.ts'
import { assemblePrincipal } from './policies/assemble-principal.ts'
import { compileScope } from './policies/compile-scope.ts'
import type { Governing } from './policies/governing.ts'
import type { Principal } from './principal.ts'

/** Who a valid access key speaks for. */
export interface AccessKeyPrincipal extends Principal {
  readonly accessKeyId: string
  /** What ledger and usage show: the key's id. */
  readonly subject: string
  /** The access key configuration that governs the key. */
  readonly configuration: string | undefined
}

/** The principal of a key. */
export function toPrincipal(
  record: AccessKeyRecord,
  governing: Extract<Governing, { readonly refusal: undefined }>,
): AccessKeyPrincipal {
  const { id, account, configuration, scope, limits, tags = [], ipRanges } = record
  const identity = {
    account,
    accessKeyId: id,
    subject: id,
    counters: id,
    layer: { owner: 'the access key', scope: compileScope(scope), limits, tags },
    admitsAddress: compileRanges(ipRanges),
  }
  const principal = assemblePrincipal(identity, governing)
  return Object.freeze({ ...principal, accessKeyId: id, subject: id, configuration })
}
