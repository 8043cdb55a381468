import type { Warning } from '../dialects/conversation.ts'
import type { AnswerContext, RenderedRequest } from '../dialects/dialect.ts'
import { isJsonObject } from '../dialects/json.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { UpstreamRequest } from '../upstream/transport.ts'
import type { Call } from './call.ts'
import { spliceMembers } from './json-members.ts'
import type { CallSettings } from './services.ts'
import { upstreamHeaders } from './upstream-headers.ts'

export interface PreparedRequest {
  readonly request: UpstreamRequest
  readonly warnings: readonly Warning[]
  /** The gateway asked for usage that the client did not ask for. */
  readonly usageAdded: boolean
}

/** The request as it goes upstream: the client's bytes with at most a splice, or a translation. */
export function prepareRequest(call: Call, settings: CallSettings): PreparedRequest {
  const { target, dialect } = call
  const content = target.dialect === dialect ? splice(call) : translate(call, settings)
  const { provider } = target
  const streaming = call.envelope.stream
  return {
    warnings: content.warnings,
    usageAdded: content.usageAdded,
    request: {
      method: 'POST',
      origin: provider.origin,
      path: provider.basePath + target.dialect.upstreamPath + query(call),
      headers: upstreamHeaders(call.exchange.headers, target, content.headers),
      body: content.body,
      headersTimeout: streaming ? settings.firstEventTimeout : settings.answerTimeout,
      bodyTimeout: settings.idleTimeout,
    },
  }
}

interface Content {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly warnings: readonly Warning[]
  readonly usageAdded: boolean
}

/** The provider's own query wins; the client's (`?beta=true`) goes through on its own dialect. */
function query(call: Call): string {
  const { provider, dialect } = call.target
  if (provider.search !== '') return provider.search
  return dialect === call.dialect ? call.exchange.search : ''
}

function splice(call: Call): Content {
  const { envelope, target } = call
  const edits = new Map<string, string>()
  if (envelope.model !== target.resolution.upstreamId)
    edits.set('model', JSON.stringify(target.resolution.upstreamId))
  const usageAdded = wantsUsage(call)
  if (usageAdded) edits.set('stream_options', usageOptions(call))
  const body = edits.size === 0 ? envelope.members.bytes : spliceMembers(envelope.members, edits)
  return { body, headers: {}, warnings: [], usageAdded }
}

function wantsUsage({ envelope, dialect, target }: Call): boolean {
  return (
    dialect.id === 'openai-chat' &&
    envelope.stream &&
    !envelope.includeUsage &&
    target.provider.definition.streamOptions
  )
}

/** The client's other stream options stay. */
function usageOptions({ envelope }: Call): string {
  const span = envelope.members.spans.get('stream_options')
  const given: unknown = span ? JSON.parse(envelope.members.bytes.toString('utf8', span.start, span.end)) : {}
  return JSON.stringify({ ...(given as object), include_usage: true })
}

function translate(call: Call, settings: CallSettings): Content {
  const { target, dialect } = call
  const conversation = dialect.parseRequest?.(parseBody(call))
  const rendered =
    conversation &&
    target.dialect.renderRequest?.(conversation, {
      model: target.resolution.upstreamId,
      maxOutputTokens: target.resolution.entry?.maxOutputTokens,
      defaultMaxOutputTokens: settings.defaultMaxOutputTokens,
      strict: settings.strict,
    })
  const { body, headers = {}, warnings } = rendered as RenderedRequest
  return { body: Buffer.from(JSON.stringify(body)), headers, warnings, usageAdded: false }
}

function parseBody(call: Call): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(call.envelope.members.bytes.toString('utf8'))
    if (isJsonObject(body)) return body
  } catch (cause) {
    throw new GatewayError({ code: 'invalid_request', message: 'The request body is not valid JSON.', cause })
  }
  throw new GatewayError({ code: 'invalid_request', message: 'The request body is not a JSON object.' })
}

/** What renderers of translated answers need to know of the call. */
export function answerContext(call: Call): AnswerContext {
  return {
    requestId: call.id,
    model: call.target.resolution.upstreamId,
    created: Math.floor(call.startedAt / 1000),
    includeUsage: call.envelope.includeUsage || !call.envelope.stream,
  }
}
