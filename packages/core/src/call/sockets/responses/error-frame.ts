import type { GatewayError } from '../../../errors/gateway-error.ts'
import { renderErrorBody } from '../../../errors/render.ts'

/** A refusal as an event: the body and the status that an HTTP answer would have had. */
export function errorFrame(error: GatewayError, requestId: string): string {
  return JSON.stringify({
    type: 'error',
    status: error.status,
    ...renderErrorBody(error, 'openai', requestId),
  })
}
