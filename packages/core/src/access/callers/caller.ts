import { z } from 'zod'
import { label, tags } from '../member-input.ts'
import { limitsSchema } from '../policies/limits-input.ts'
import { scopeSchema } from '../policies/scope-input.ts'
import type { PolicyLimits, Scope } from '../policy.ts'

/** What the host's own login may say of a caller beside its account. */
export interface CallerPolicy {
  /** The id of the access key configuration that governs the caller. */
  readonly configuration?: string | undefined
  /** Counted for each subject of the account by itself. */
  readonly limits?: PolicyLimits | undefined
  readonly scope?: Scope | undefined
  readonly tags?: readonly string[] | undefined
}

/** A caller whom the host knows. */
export interface Caller extends CallerPolicy {
  readonly account: string
  readonly subject: string | undefined
}

export const callerPolicySchema = z.strictObject({
  configuration: label.optional(),
  limits: limitsSchema.optional(),
  scope: scopeSchema.optional(),
  tags: tags.optional(),
})
