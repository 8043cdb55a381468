import { GatewayError } from '../errors/gateway-error.ts'

/** A store has understood and does not take it, and no repetition changes that. */
export function isRefusal(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.code === 'invalid_request'
}
