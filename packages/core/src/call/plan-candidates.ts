import { type Candidate, resolve, type Wanted } from './resolve.ts'
import type { CallServices } from './services.ts'

/**
 * Where a call may go, in the order in which that is tried: the model that the client names, and those it names
 * behind it.
 *
 * @throws GatewayError of the first name, when none of them is anything.
 */
export function planCandidates(services: CallServices, wanted: Wanted): readonly Candidate[] {
  const { model, fallbacks } = wanted.envelope
  if (fallbacks.length === 0) return [resolve(services, wanted, model)]
  const found: Candidate[] = []
  let first: unknown
  for (const name of [model, ...fallbacks]) {
    try {
      const candidate = resolve(services, wanted, name)
      if (!found.some((known) => isSame(known, candidate))) found.push(candidate)
    } catch (error) {
      first ??= error
    }
  }
  if (found.length === 0) throw first
  return found
}

function isSame(left: Candidate, right: Candidate): boolean {
  return left.provider === right.provider && left.resolution.upstreamId === right.resolution.upstreamId
}
