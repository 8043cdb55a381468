import type { AddressCheck, LimitSet, Principal } from '../principal.ts'
import { compilePolicy, type PolicyLayer } from './compile-policy.ts'
import type { Governing } from './governing.ts'
import { limitSetOf } from './limit-set.ts'

/** The counters that everybody on an account shares. */
const accountCounters = 'account'

/** A caller with its own record, and what governs it. */
export interface GovernedIdentity extends Pick<Principal, 'account' | 'accessKeyId' | 'subject'> {
  /** Names the counters of the caller, which the configuration limits as well. */
  readonly counters: string
  readonly layer: PolicyLayer
  readonly admitsAddress: AddressCheck | undefined
}

type Governed = Extract<Governing, { readonly refusal: undefined }>

/** Puts together what holds for a caller: its own, its configuration's and its account's. */
export function assemblePrincipal(identity: GovernedIdentity, governing: Governed): Principal {
  const { account, accessKeyId, subject, counters, layer } = identity
  const { configuration } = governing
  const callers = configuration ? [layer, configuration] : [layer]
  const layers = governing.account ? [...callers, governing.account] : callers
  const sets = [
    limitSetOf(counters, callers),
    governing.account && limitSetOf(accountCounters, [governing.account]),
  ]
  const limits: readonly LimitSet[] = sets.filter((set) => set !== undefined)
  return {
    account,
    accessKeyId,
    subject,
    limits: Object.freeze(limits),
    policy: compilePolicy(layers, configuration),
    admitsAddress: bothAdmit(identity.admitsAddress, configuration?.admitsAddress),
  }
}

function bothAdmit(
  left: AddressCheck | undefined,
  right: AddressCheck | undefined,
): AddressCheck | undefined {
  if (!left || !right) return left ?? right
  return (address) => left(address) && right(address)
}
