import { type AwsError, awsErrorStatus, readAwsError } from '../errors/aws-error.ts'
import type { ErrorCodeName } from '../errors/codes.ts'
import { GatewayError, type GatewayErrorOptions } from '../errors/gateway-error.ts'
import { saysTooLong } from '../errors/too-long.ts'
import { CredentialError } from './signing/credential-error.ts'
import type { HeaderMap } from './transport.ts'

export interface UpstreamFailure {
  readonly status: number
  readonly headers: HeaderMap
  readonly body: string
  readonly provider: string
  /** The credential was the account's own, so its trouble is theirs to know. */
  readonly ownKey: boolean
}

interface Rejected extends UpstreamFailure {
  readonly aws: AwsError | undefined
}

/**
 * What an upstream's error status means for the client. The operator's own credential, quota and bill stay
 * the operator's business: they come out as 502, never as the client's 401 or 429.
 */
export function mapUpstreamError(given: UpstreamFailure): GatewayError {
  const aws = readAwsError(given.headers['x-amzn-errortype'], given.body)
  const failure = { ...given, aws, status: (aws && awsErrorStatus(aws.type)) ?? given.status }
  const { status, provider } = failure
  if (status === 401 || status === 403) return credentialError(failure)
  if (status === 402 || isQuota(failure)) return quotaError(failure)
  if (status === 429) return rateLimit(failure)
  if (status === 529) return upstream('upstream_overloaded', `The provider ${provider} is overloaded.`)
  if (status >= 500) return serverError(failure)
  if (status >= 400) return rejection(failure)
  if (status >= 300) return upstream('upstream_error', redirectText(failure))
  return upstream('upstream_error', `The provider ${provider} answered with the unexpected status ${status}.`)
}

function upstream(
  code: ErrorCodeName,
  message: string,
  more: Partial<GatewayErrorOptions> = {},
): GatewayError {
  return new GatewayError({ code, message, ...more })
}

function rejection(failure: Rejected): GatewayError {
  const { status, body } = failure
  const message = rejectionText(failure)
  if ((status === 400 || status === 413) && saysTooLong(`${message} ${body}`))
    return new GatewayError({ code: 'context_length_exceeded', message })
  return new GatewayError({ code: 'invalid_request', status, message })
}

/** Where to is not told: the address may hold a secret. */
function redirectText({ provider, status }: UpstreamFailure): string {
  return `The provider ${provider} answered with a redirect (status ${status}), which is never followed.`
}

function credentialError({ provider, ownKey }: UpstreamFailure): GatewayError {
  const whose = ownKey ? 'your provider key' : "the gateway's credential"
  return upstream('upstream_auth_error', `The provider ${provider} refused ${whose}.`)
}

function quotaError({ provider, ownKey }: UpstreamFailure): GatewayError {
  const whose = ownKey ? 'Your provider key' : 'The gateway'
  return upstream('upstream_quota_exhausted', `${whose} has no quota left at the provider ${provider}.`)
}

function serverError({ status, provider, headers }: UpstreamFailure): GatewayError {
  const retryAfterMs = readRetryAfter(headers)
  const message = `The provider ${provider} failed with status ${status}.`
  return upstream('upstream_error', message, {
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function rateLimit({ provider, headers }: UpstreamFailure): GatewayError {
  const retryAfterMs = readRetryAfter(headers) ?? 1000
  return upstream('rate_limited', `Rate limit of the provider ${provider} exceeded.`, { retryAfterMs })
}

function isQuota({ status, body }: UpstreamFailure): boolean {
  return status === 429 && body.includes('insufficient_quota')
}

/** The provider's own words about the request, or a plain sentence when there are none. */
function rejectionText({ body, provider, status, aws }: Rejected): string {
  if (aws?.message !== undefined) return aws.message
  try {
    // Vertex AI puts its errors into a list.
    const [parsed] = [JSON.parse(body)].flat() as [{ error?: { message?: unknown } }]
    if (typeof parsed.error?.message === 'string') return parsed.error.message
  } catch {
    // Not JSON: nothing in it is meant for a client.
  }
  return `The provider ${provider} rejected the request with status ${status}.`
}

/** Milliseconds, from `retry-after-ms`, or `retry-after` in seconds or as a date. */
export function readRetryAfter(headers: HeaderMap): number | undefined {
  const precise = Number(headers['retry-after-ms'] ?? Number.NaN)
  if (precise >= 0) return precise
  const text = headers['retry-after']
  if (typeof text !== 'string') return undefined
  const seconds = Number(text)
  if (seconds >= 0) return seconds * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/** A connection that failed or timed out before or within an answer. */
export function mapTransportError(error: Error, provider: string): GatewayError {
  // The gateway itself has broken it off.
  if (GatewayError.isInstance(error)) return error
  if (error instanceof CredentialError) return credentialFailure(error, provider)
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const timeouts = ['connect_timeout', 'headers_timeout', 'body_timeout']
  if (timeouts.includes(code)) {
    return upstream('upstream_timeout', `The provider ${provider} did not answer in time.`, { cause: error })
  }
  return upstream('upstream_unreachable', `The connection to the provider ${provider} failed.`, {
    cause: error,
  })
}

/** Nothing was sent, because what should have opened the provider was not to be had. */
function credentialFailure(error: CredentialError, provider: string): GatewayError {
  const code = error.isTransient ? 'provider_unavailable' : 'upstream_auth_error'
  const message = `The gateway's credential for the provider ${provider} cannot be had at the moment.`
  return upstream(code, message, { cause: error })
}

/** An error that came as an event inside an answer of status 200. */
export function mapEventError(
  error: Readonly<Record<string, unknown>>,
  { provider, ownKey }: { readonly provider: string; readonly ownKey: boolean },
): GatewayError {
  // Google and several routers write the HTTP status into the body.
  const { code } = error
  const stated = typeof code === 'number' && code >= 400 && code < 600 ? code : undefined
  const words = `${String(error.type ?? '')} ${String(error.code ?? '')}`
  const status = stated ?? eventStatuses.find(([word]) => words.includes(word))?.[1] ?? 502
  const body = JSON.stringify({ error })
  return mapUpstreamError({ status, headers: {}, body, provider, ownKey })
}

/** What the words of providers' error events mean as a status. */
const eventStatuses: readonly (readonly [string, number])[] = [
  ['overloaded', 529],
  ['insufficient_quota', 402],
  ['billing', 402],
  ['rate_limit', 429],
  ['authentication', 401],
  ['permission', 403],
  ['invalid_request', 400],
  ['not_found', 404],
  ['context_length_exceeded', 400],
  ['timeout', 504],
]
