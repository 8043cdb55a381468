import { GatewayError } from '../errors/gateway-error.ts'

/** The refusal of a body above the limit; says the limit and never how much was sent. */
export function bodyTooLarge(limit: number): GatewayError {
  return new GatewayError({
    code: 'request_too_large',
    message: `The request body is larger than the limit of ${limit} bytes.`,
  })
}
