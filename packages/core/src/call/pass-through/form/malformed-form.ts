import { GatewayError } from '../../../errors/gateway-error.ts'

/** A form that is not what forms are. */
export function malformedForm(what: string, param?: string): GatewayError {
  const message = `The form cannot be read: ${what}.`
  return new GatewayError({ code: 'invalid_request', message, ...(param !== undefined && { param }) })
}
