import { secretValues } from '../access/secret-headers.ts'
import { fromWire, toWire, type WireText } from '../bytes/wire-text.ts'
import type { JsonObject } from '../dialects/json.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { mapEventError, mapUpstreamError, readRetryAfter } from '../upstream/map-error.ts'
import { CredentialError } from '../upstream/signing/credential-error.ts'
import { answerError } from './answer.ts'
import { answerHeaders, streamHeaders } from './answer-headers.ts'
import type { Target } from './authorize.ts'
import type { Attempt, Relay } from './dispatch.ts'

/** Error bodies are small; what is longer is not read for its message. */
const maximumErrorBytes = 65_536

/** Collects an upstream's error answer and tells the client what it means for them. Errors are free. */
export function collectError(attempt: Attempt): Relay {
  let sent = ''
  return {
    data(chunk) {
      if (sent.length + chunk.length <= maximumErrorBytes) sent += chunk
    },
    ended: () => answer(attempt, sent as WireText),
    failed: () => answer(attempt, sent as WireText),
    left: () => attempt.settlement.free('aborted'),
  }
}

/** A rejection of the request itself is the client's to read, in the provider's own words. */
const rejections = new Set([400, 404, 413, 422])

function answer(attempt: Attempt, sent: WireText): void {
  const { call, status, headers } = attempt
  const body = withoutSecrets(sent, call.target)
  const words = fromWire(body)
  const error = mapUpstreamError({ status, headers, body: words, ...describeTarget(attempt) })
  const isOwn = rejections.has(status) && call.target.dialect === call.dialect && isJson(body)
  attempt.fail({
    error,
    words,
    retryAfterMs: readRetryAfter(headers),
    ...(isOwn && { answer: { status, headers: answerHeaders(attempt), body } }),
  })
}

/** What an error that came with status 200 means, in words that the client may read. */
export function eventError(attempt: Attempt, error: JsonObject): GatewayError {
  const shown = withoutSecrets(JSON.stringify(error) as WireText, attempt.call.target)
  return mapEventError(JSON.parse(shown), describeTarget(attempt))
}

/** Some providers repeat the credential that they refuse, and it is not the client's to see. */
export function withoutSecrets(body: WireText, { credential, provider }: Target): WireText {
  const made = [...(provider.madeSecrets?.() ?? []), ...secretValues(provider.headers)]
  const secrets = credential.secret === undefined ? made : [credential.secret, ...made]
  return secrets.reduce<string>(
    (text, secret) => text.replaceAll(toWire(secret), '[redacted]'),
    body,
  ) as WireText
}

function isJson(body: WireText): boolean {
  try {
    return typeof JSON.parse(fromWire(body)) === 'object'
  } catch {
    return false
  }
}

export function describeTarget({ call }: Attempt): { provider: string; ownKey: boolean } {
  return { provider: call.target.provider.definition.id, ownKey: call.target.credential.kind === 'own' }
}

/** Answers with an error while the status is still open. */
export function failCall(attempt: Attempt, error: GatewayError): void {
  const { call, services, status } = attempt
  const { code, cause, message } = error
  services.observer?.failed(call.id, error)
  // Why a credential could not be made is the operator's to know.
  const reason = cause instanceof CredentialError ? { reason: cause.message } : {}
  services.logger.warn({ requestId: call.id, ...describeTarget(attempt), status, code, ...reason }, message)
  if (isToldByEvents(attempt, error)) {
    call.exchange.sink.start(200, { ...answerHeaders(attempt), ...streamHeaders })
    call.exchange.sink.end(toWire(call.dialect.wire.errorFrame(error, call.id, 0)))
    return
  }
  answerError(call.exchange.sink, {
    error,
    family: call.dialect.family,
    requestId: call.id,
    headers: answerHeaders(attempt),
  })
}

/** OpenAI says of a prompt that it is too long when the stream has begun, and clients wait for it there. */
function isToldByEvents({ call: { dialect, envelope } }: Attempt, { code }: GatewayError): boolean {
  return code === 'context_length_exceeded' && dialect.id === 'openai-responses' && envelope.stream
}

/** A stream was asked for and something else came. */
export function refuseAnswer(attempt: Attempt): Relay {
  const refuse = () => {
    const message = `The provider ${describeTarget(attempt).provider} did not answer with a stream.`
    attempt.fail({ error: new GatewayError({ code: 'upstream_error', message }) })
  }
  return { data() {}, ended: refuse, failed: refuse, left: () => attempt.settlement.free('aborted') }
}
