import { createHash } from 'node:crypto'
import { isStoredName } from '../../store/stored-name.ts'
import { parseInput } from '../parse-input.ts'
import { assemblePrincipal } from '../policies/assemble-principal.ts'
import { compileScope } from '../policies/compile-scope.ts'
import type { LoadGoverning } from '../policies/governing.ts'
import type { PolicyNames } from '../policies/policy-names.ts'
import { resolveScope } from '../policies/scope-input.ts'
import type { Principal } from '../principal.ts'
import { type Refusal, refuseCaller } from '../refusal.ts'
import { createShortMemory } from '../short-memory.ts'
import { type Caller, callerPolicySchema } from './caller.ts'

export interface CallersOptions {
  readonly governing: LoadGoverning
  readonly names: PolicyNames
  readonly now: () => number
  readonly cacheMs: number
}

/** Callers whom the host knows, and what holds for them. */
export interface Callers {
  /**
   * At once when a caller of the same words was seen within `cacheMs`, otherwise a promise.
   *
   * @throws GatewayError `invalid_request` that names the member at fault; `account_disabled` or
   * `configuration_not_usable`; `store_unavailable` when nobody can tell.
   */
  principalOf(caller: Caller): Principal | Promise<Principal>
  /** Has every caller looked up anew: what governs them has changed. */
  forget(): void
}

type Verdict =
  | { readonly principal: Principal; readonly expiresAt: number | undefined }
  | { readonly refusal: Refusal }

/**
 * Gives callers of the host's own login what access keys get: their configuration, their account, limits of their own.
 *
 * @example
 * const principal = await callers.principalOf({ account: 'acme', subject: 'ada', limits: { rpm: 60 } })
 */
export function createCallers({ governing, names, now, cacheMs }: CallersOptions): Callers {
  const memory = createShortMemory<Verdict>({ now, cacheMs, isLesser: (verdict) => 'refusal' in verdict })

  const judge = async ({ account, subject, ...policy }: Caller): Promise<Verdict> => {
    const { configuration, scope, limits, tags = [] } = parseInput(callerPolicySchema, policy)
    const compiled = compileScope(scope && resolveScope(scope, names))
    const governed = await governing({ account, configuration })
    if (governed.refusal !== undefined) return { refusal: governed.refusal }
    const identity = {
      account,
      accessKeyId: undefined,
      subject,
      counters: countersOf(subject),
      layer: { owner: 'the caller', scope: compiled, limits, tags },
      admitsAddress: undefined,
    }
    const principal = Object.freeze(assemblePrincipal(identity, governed))
    return { principal, expiresAt: governed.configuration?.expiresAt }
  }
  const answer = (verdict: Verdict): Principal => {
    if ('refusal' in verdict) throw refuseCaller(verdict.refusal)
    const { principal, expiresAt } = verdict
    if (expiresAt !== undefined && now() >= expiresAt) throw refuseCaller('configuration expired')
    return principal
  }
  return {
    principalOf: (caller) => {
      const key = wordsOf(caller)
      const known = memory.recall(key)
      return known ? answer(known) : memory.load(key, () => judge(caller)).then(answer)
    },
    forget: memory.forget,
  }
}

/** Most callers are an account and a subject, and nothing else has to be written out. */
function wordsOf({ account, subject, ...policy }: Caller): string {
  return JSON.stringify([account, subject, Object.keys(policy).length > 0 ? policy : 0])
}

/** A subject is any text; the names of counters are not. */
function countersOf(subject = ''): string {
  const name = `caller:${subject}`
  return isStoredName(name) ? name : `caller#${createHash('sha256').update(subject).digest('base64url')}`
}
