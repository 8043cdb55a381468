import { errorCodes } from './codes.ts'
import type { GatewayError } from './gateway-error.ts'
import { renderGoogleError } from './google-error.ts'

/** Whose clients will read the body; `both` where the path does not tell. */
export type ErrorFamily = 'openai' | 'anthropic' | 'google' | 'both'

/** Above this the official clients either ignore the wait or sleep for as long as it says. */
const longestWaitMs = 60_000

/**
 * The error as a JSON body in the words of one family of clients, or as one body that both understand.
 *
 * @example
 * renderErrorBody(error, 'openai', 'req_1') // { error: { message, type, param, code } }
 */
export function renderErrorBody(
  error: GatewayError,
  family: ErrorFamily,
  requestId: string,
): Readonly<Record<string, unknown>> {
  const names = errorCodes[error.code]
  const code = 'wire' in names ? names.wire : error.code
  const message = clientMessage(error, family)
  if (family === 'google') {
    const { status, param, retryAfterMs } = error
    const wait = retryAfterMs === undefined ? undefined : seconds(retryAfterMs)
    return renderGoogleError({
      status,
      word: names.google,
      message,
      code,
      param,
      requestId,
      retryAfterSeconds: wait,
    })
  }
  const openai = { message, type: names.openai, param: error.param ?? null, code }
  if (family === 'openai') return { error: openai }
  const details = { error_code: code }
  const anthropic = { type: names.anthropic, message, details }
  const body = family === 'anthropic' ? anthropic : { ...openai, ...anthropic }
  return { type: 'error', error: body, request_id: requestId }
}

/**
 * Headers that steer the official clients' own retries. A wait above a minute also says not to retry:
 * one client would ignore such a wait and hammer, another would sleep through all of it.
 */
export function errorHeaders(error: GatewayError): Readonly<Record<string, string>> {
  const wait = error.retryAfterMs
  const retry = !('retry' in errorCodes[error.code])
  return {
    ...(wait === undefined
      ? {}
      : { 'retry-after': seconds(wait), 'retry-after-ms': String(Math.ceil(wait)) }),
    ...(retry && (wait ?? 0) <= longestWaitMs ? {} : { 'x-should-retry': 'false' }),
  }
}

/** What Anthropic says, and what its clients look for. */
const tooLong = 'prompt is too long'

/**
 * Some clients learn how long to wait from these words alone, so a 429 always says them. Others make a conversation
 * shorter when they read that it is too long.
 */
function clientMessage(error: GatewayError, family: ErrorFamily): string {
  if (error.code === 'context_length_exceeded' && family === 'anthropic')
    return error.message.includes(tooLong) ? error.message : `${tooLong}: ${error.message}`
  if (error.status !== 429 || error.retryAfterMs === undefined) return error.message
  if (error.message.includes('try again in')) return error.message
  return `${error.message} Please try again in ${seconds(error.retryAfterMs)}s.`
}

function seconds(milliseconds: number): string {
  return String(Math.max(1, Math.ceil(milliseconds / 1000)))
}
