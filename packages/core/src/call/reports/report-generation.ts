import { GatewayError } from '../../errors/gateway-error.ts'
import type { ReportRequest, ReportServices } from './serve-report.ts'

/**
 * One call by the id in its header `tollgate-request-id`, with its attempts. A call of another account is as unknown as
 * one that never was.
 *
 * @throws GatewayError `invalid_request` without an id; 404 for a call that the account does not have.
 */
export async function reportGeneration({ usage }: ReportServices, { account, query }: ReportRequest) {
  const id = query.get('id') ?? ''
  if (id === '' || id.length > 1024) throw noId()
  const attempts = await usage.find(account, id)
  const final = attempts.find(({ isFinalAttempt }) => isFinalAttempt)
  if (!final) throw unknownCall(id)
  const { attempts: count, ...shown } = final
  return { object: 'generation', ...shown, id, attemptCount: count, attempts }
}

function noId(): GatewayError {
  const message = 'Name a call by its id: ?id= and what the header "tollgate-request-id" of its answer said.'
  return new GatewayError({ code: 'invalid_request', message, param: 'id' })
}

function unknownCall(id: string): GatewayError {
  const message = `There is no call "${id.slice(0, 64)}" that has ended.`
  return new GatewayError({ code: 'invalid_request', status: 404, message, param: 'id' })
}
