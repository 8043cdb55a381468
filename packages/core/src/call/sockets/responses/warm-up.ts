import { textOf } from '../../../bytes/body-bytes.ts'
import { toWire } from '../../../bytes/wire-text.ts'
import { createCallId } from '../../../credits/call-id.ts'
import type { JsonObject } from '../../../dialects/json.ts'
import { createResponsesStreamRenderer } from '../../../dialects/openai-responses/render-stream.ts'
import { asGatewayError } from '../../../errors/gateway-error.ts'
import type { Exchange } from '../../../exchange/exchange.ts'
import { answerError, idHeaders } from '../../answer.ts'
import { readBody } from '../../read-body.ts'
import type { Admission } from '../../serve.ts'
import type { CallServices } from '../../services.ts'

const nothing = { inputUncached: 0, cacheRead: 0, cacheWrite: 0, output: 0 }

/**
 * Answers a request that asks for nothing to be generated: an id to go on from, made here, without output and free.
 * What was sent is the connection's to remember. Never rejects.
 */
export async function answerWarmUp(
  services: CallServices,
  exchange: Exchange,
  admit: Admission,
): Promise<void> {
  const requestId = createCallId()
  try {
    const refused = await admit()
    if (refused) throw refused
    await services.authenticate(exchange)
    const body = JSON.parse(textOf(await readBody(exchange, services.settings.bodyBytes))) as JsonObject
    const renderer = createResponsesStreamRenderer({
      requestId,
      model: String(body.model),
      created: Math.floor(Date.now() / 1000),
      includeUsage: true,
      request: () => body,
    })
    const events = [
      renderer.push({ type: 'start', id: '', model: '' }),
      renderer.push({ type: 'finish', reason: 'stop', usage: nothing }),
    ]
    exchange.sink.start(200, idHeaders(requestId))
    exchange.sink.end(toWire(events.join('')))
  } catch (thrown) {
    const error = asGatewayError(thrown)
    if (error.status >= 500) services.logger.error({ requestId, error }, error.message)
    answerError(exchange.sink, { error, family: 'openai', requestId })
  }
}
