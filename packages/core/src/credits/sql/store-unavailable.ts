import { GatewayError } from '../../errors/gateway-error.ts'

/** The outcome is unknown, or known to be none. */
export function storeUnavailable(cause: unknown): GatewayError {
  if (GatewayError.isInstance(cause)) return cause
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}

/** Whatever is no clear answer is `store_unavailable`. */
export async function answered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw storeUnavailable(error)
  }
}
