import { GatewayError } from '../errors/gateway-error.ts'
import type { AccessKeyRecord } from './access-key.ts'

/** The id is that of no key. */
export function unknownAccessKey(id: string): GatewayError {
  const message = `There is no access key "${id}".`
  return new GatewayError({ code: 'invalid_request', message, param: 'id' })
}

/** The key does not change any more. */
export function revokedAccessKey(id: string): GatewayError {
  const message = `The access key "${id}" has been revoked.`
  return new GatewayError({ code: 'invalid_request', message, param: 'id' })
}

/**
 * A record that somebody else wrote must not pass for a key, nor for a missing one.
 *
 * @throws GatewayError `store_unavailable`
 */
export function assertAccessKeyRecord({ id, account, hash }: AccessKeyRecord, expected: string): void {
  if (id === expected && typeof account === 'string' && typeof hash === 'string') return
  throw new GatewayError({
    code: 'store_unavailable',
    message: 'The store did not answer.',
    cause: new Error(`The record "${expected}" is not an access key.`),
  })
}
