import type { CallBasis } from '../call.ts'
import type { CallServices } from '../services.ts'

/** Gives the hold of a call back that was never sent. Never rejects: a store that does not answer is asked again. */
export async function letGo(
  { credits, abandonedHolds }: CallServices,
  { id, principal }: Pick<CallBasis, 'id' | 'principal'>,
): Promise<void> {
  try {
    await credits.release(id, principal.account)
  } catch {
    abandonedHolds.add(id, principal.account)
  }
}
