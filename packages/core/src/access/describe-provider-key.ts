import type { Health } from '../upstream/health/health.ts'
import type { ProviderKey, ProviderKeyRecord } from './provider-key.ts'

/** What the process knows of credentials. */
export type KeyHealth = Pick<Health, 'state' | 'forget'>

/** Leaves out the ciphertext, and says how the key fares. */
export function describeProviderKey(
  { sealed: _, ...shown }: ProviderKeyRecord,
  health: KeyHealth | undefined,
): ProviderKey {
  if (shown.disabled) return { ...shown, status: 'disabled' }
  const state = health?.state(shown.provider, shown.id)
  if (!state || state.available) return { ...shown, status: 'active' }
  const { until, reason } = state
  return {
    ...shown,
    status: 'cooling',
    ...(until !== undefined && { coolsUntil: until }),
    ...(reason !== undefined && { reason }),
  }
}
