import { z } from 'zod'
import { label, type MomentInput, moment } from '../member-input.ts'
import { tokenFormat } from '../token-format.ts'

/**
 * What a management key may do: `read` everything; change `keys` with their configurations, accounts and provider keys;
 * move `credits`; `admin` covers all three. Whoever may change something may read.
 */
export type ManagementScope = 'read' | 'keys' | 'credits' | 'admin'

/** What makes a management key. */
export interface CreateManagementKey {
  readonly name: string
  readonly scopes: readonly ManagementScope[]
  readonly expiresAt?: MomentInput | undefined
}

/** A credential for the control plane as it is shown. Times are milliseconds since the epoch. */
export interface ManagementKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly ManagementScope[]
  /** `tgm_<id>_…` */
  readonly redacted: string
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
}

/** A management key just made: the only time that its token is known. */
export interface CreatedManagementKey extends ManagementKey {
  readonly token: string
}

/** A management key at rest. */
export interface ManagementKeyRecord extends Omit<ManagementKey, 'redacted'> {
  /** SHA-256 of the whole token. */
  readonly hash: string
}

export const managementTokens = tokenFormat('tgm')

export const scopeNames = ['read', 'keys', 'credits', 'admin'] as const satisfies readonly ManagementScope[]

export const createManagementKeySchema = z.strictObject({
  name: label,
  scopes: z.array(z.enum(scopeNames)).min(1),
  expiresAt: moment.optional(),
})

/** Leaves out the hash. */
export function describeManagementKey({ hash: _, ...shown }: ManagementKeyRecord): ManagementKey {
  return { ...shown, redacted: managementTokens.redact(shown.id) }
}

/** Whether any of the scopes covers what is needed. */
export function covers(scopes: readonly ManagementScope[], needed: ManagementScope): boolean {
  return needed === 'read' ? scopes.length > 0 : scopes.includes(needed) || scopes.includes('admin')
}
