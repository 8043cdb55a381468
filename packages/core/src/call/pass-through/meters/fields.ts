import { GatewayError } from '../../../errors/gateway-error.ts'
import type { PassedRequest } from './meter.ts'

/** Text of a field; '' where it is absent or anything else. */
export function textField(request: PassedRequest, name: string): string {
  const value = request.field(name)
  return typeof value === 'string' ? value : ''
}

export interface CountRange {
  readonly from: number
  readonly to: number
  /** Where the field is absent. */
  readonly otherwise: number
}

/**
 * A whole number, which forms write as text.
 *
 * @throws GatewayError `invalid_request` that names the field.
 */
export function countField(request: PassedRequest, name: string, range: CountRange): number {
  const value = request.field(name) ?? range.otherwise
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  if (Number.isInteger(count) && (count as number) >= range.from && (count as number) <= range.to)
    return count as number
  throw new GatewayError({
    code: 'invalid_request',
    message: `"${name}" must be a whole number from ${range.from} to ${range.to}.`,
    param: name,
  })
}

/** True for what JSON or a form calls so. */
export function isTrue(request: PassedRequest, name: string): boolean {
  const value = request.field(name)
  return value === true || value === 'true' || value === 'True' || value === '1'
}

/** The refusal of what credits cannot pay, because its answer would not say what it consumed. */
export function notMetered(param: string, message: string): GatewayError {
  return new GatewayError({
    code: 'unsupported_parameter',
    message: `${message} It can be had with a provider key of your own.`,
    param,
  })
}
