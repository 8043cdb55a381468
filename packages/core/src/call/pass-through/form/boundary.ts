import { GatewayError } from '../../../errors/gateway-error.ts'

/** Nothing but the boundary: a form that two readers may read differently is nobody's to bill. */
const form = /^multipart\/form-data\s*;\s*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'+.-]{1,70}))\s*$/i

/**
 * The boundary of a form; undefined for what is no form.
 *
 * @throws GatewayError `invalid_request` for a form whose boundary is not clear.
 * @example
 * readBoundary('multipart/form-data; boundary=----x') // '----x'
 */
export function readBoundary(contentType: string): string | undefined {
  if (!/^\s*multipart\//i.test(contentType)) return undefined
  const [, quoted, plain] = form.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary !== undefined) return boundary
  const message = 'The content-type of a form must be multipart/form-data with a boundary and nothing else.'
  throw new GatewayError({ code: 'invalid_request', message })
}
