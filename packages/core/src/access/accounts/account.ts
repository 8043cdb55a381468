import { z } from 'zod'
import type { Metadata } from '../access-key.ts'
import { metadata, tags } from '../member-input.ts'
import { limitsSchema } from '../policies/limits-input.ts'
import { scopeSchema } from '../policies/scope-input.ts'
import type { PolicyLimits, Scope } from '../policy.ts'

/** What holds for all keys of an account, and for callers of the host's own login. */
export interface Account {
  readonly account: string
  /** One pool for everybody who calls on this account. */
  readonly limits?: PolicyLimits
  readonly scope?: Scope
  readonly tags?: readonly string[]
  readonly metadata?: Metadata
  /** Whether its calls are refused. */
  readonly disabled: boolean
  /** One more with each change; 0 where nothing was ever set. */
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly updatedAt?: number
}

/** A member left out stays as it is; null clears it. Each is replaced as a whole. */
export interface UpdateAccount {
  readonly limits?: PolicyLimits | null | undefined
  readonly scope?: Scope | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly metadata?: Metadata | null | undefined
  readonly disabled?: boolean | null | undefined
}

/** An account at rest. */
export type AccountRecord = Omit<Account, 'disabled'> & { readonly disabled?: boolean }

export const updateAccountSchema = z.strictObject({
  limits: limitsSchema.nullish(),
  scope: scopeSchema.nullish(),
  tags: tags.nullish(),
  metadata: metadata.nullish(),
  disabled: z.boolean().nullish(),
})

/** An account that nobody has said anything of is as good as any. */
export function describeAccount(account: string, record: AccountRecord | undefined): Account {
  return { version: 0, ...record, account, disabled: record?.disabled ?? false }
}
