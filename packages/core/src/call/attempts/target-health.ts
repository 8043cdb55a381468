import type { Target } from '../authorize.ts'
import type { CallServices } from '../services.ts'

/** Whether a target may be asked before others. */
export function isWell({ health }: CallServices, { resolution, credential }: Target): boolean {
  return health.state(resolution.provider, credential.keyId).available
}

/** When a target may be well again, milliseconds since the epoch. */
export function wellAt({ health }: CallServices, { resolution, credential }: Target): number {
  return health.state(resolution.provider, credential.keyId).until ?? 0
}
