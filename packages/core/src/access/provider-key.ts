import { z } from 'zod'
import type { Metadata } from './access-key.ts'
import { accountName, label, metadata } from './member-input.ts'
import type { SealedSecret } from './secret-box.ts'

/** An account's own credential for a provider. */
export interface CreateProviderKey {
  /** Whose credential it is. */
  readonly account: string
  /** The provider it opens: `openai`. */
  readonly provider: string
  readonly name: string
  /** The provider's secret; never shown again. */
  readonly value: string
  readonly metadata?: Metadata | undefined
}

/** A member left out stays as it is; null clears it. `metadata` is replaced as a whole. */
export interface UpdateProviderKey {
  readonly name?: string | undefined
  /** A disabled key is kept and not used. */
  readonly disabled?: boolean | null | undefined
  readonly metadata?: Metadata | null | undefined
}

/** Another value under the same id. */
export interface RotateProviderKey {
  readonly value: string
  readonly name?: string | undefined
}

/** Which keys are listed. */
export interface ProviderKeyFilter {
  readonly account?: string | undefined
  readonly provider?: string | undefined
}

/** An account's own upstream credential as it is shown. Times are milliseconds since the epoch. */
export interface ProviderKey {
  readonly id: string
  readonly account: string
  readonly provider: string
  readonly name: string
  /** A well-known public prefix and the last four characters: `sk-proj-…wxyz`. */
  readonly redacted: string
  readonly createdAt: number
  readonly rotatedAt?: number
  readonly updatedAt?: number
  readonly disabled?: boolean
  readonly metadata?: Metadata
  /** As this process has seen it; `cooling` is tried after the others. */
  readonly status: 'active' | 'cooling' | 'disabled'
  /** Of a cooling key. */
  readonly coolsUntil?: number
  /** Why it cools: its provider refused it, it has no quota left, it was too fast, or its provider fails altogether. */
  readonly reason?: 'auth' | 'quota' | 'rate' | 'circuit_open'
}

/** A provider key at rest. */
export interface ProviderKeyRecord extends Omit<ProviderKey, 'status' | 'coolsUntil' | 'reason'> {
  readonly sealed: SealedSecret
}

const secretValue = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')

export const createProviderKeySchema = z.strictObject({
  account: accountName,
  provider: label,
  name: label,
  value: secretValue,
  metadata: metadata.optional(),
})

export const updateProviderKeySchema = z.strictObject({
  name: label.optional(),
  disabled: z.boolean().nullish(),
  metadata: metadata.nullish(),
})

export const rotateProviderKeySchema = z.strictObject({ value: secretValue, name: label.optional() })

export const providerKeyFilterSchema = z.strictObject({
  account: accountName.optional(),
  provider: label.optional(),
})

/** A ciphertext moved to another account, provider or key does not open. */
export function contextOf({
  account,
  provider,
  id,
}: Pick<ProviderKey, 'account' | 'provider' | 'id'>): string[] {
  return [account, provider, id]
}
