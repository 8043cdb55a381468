/**
 * Every error a client can see: its HTTP status and the words each family of dialects uses for it.
 * `retry: false` adds `x-should-retry: false`, which stops the official clients from repeating the call.
 */
interface ErrorCode {
  readonly status: number
  readonly openai: string
  readonly anthropic: string
  /** A canonical status word of Google's APIs. */
  readonly google: string
  readonly retry?: false
  /** The code in the body, where clients already know another word for it. */
  readonly wire?: string
}

const invalid = {
  openai: 'invalid_request_error',
  anthropic: 'invalid_request_error',
  google: 'INVALID_ARGUMENT',
} as const
const api = { openai: 'api_error', anthropic: 'api_error', google: 'UNAVAILABLE' } as const
const rate = {
  openai: 'rate_limit_error',
  anthropic: 'rate_limit_error',
  google: 'RESOURCE_EXHAUSTED',
} as const
const denied = {
  openai: 'permission_error',
  anthropic: 'permission_error',
  google: 'PERMISSION_DENIED',
} as const
const unknown = {
  openai: 'invalid_request_error',
  anthropic: 'not_found_error',
  google: 'NOT_FOUND',
} as const

export const errorCodes = {
  invalid_request: { status: 400, ...invalid },
  unsupported_parameter: { status: 400, ...invalid },
  context_length_exceeded: { status: 400, ...invalid },
  invalid_api_key: {
    status: 401,
    openai: 'authentication_error',
    anthropic: 'authentication_error',
    google: 'UNAUTHENTICATED',
  },
  insufficient_credits: {
    status: 402,
    openai: 'insufficient_quota',
    anthropic: 'billing_error',
    google: 'FAILED_PRECONDITION',
    retry: false,
  },
  account_disabled: { status: 403, ...denied },
  address_not_allowed: { status: 403, ...denied },
  configuration_not_usable: { status: 403, ...denied },
  insufficient_scope: { status: 403, ...denied },
  model_not_priced: { status: 403, ...denied },
  model_not_allowed: { status: 403, ...denied },
  provider_not_allowed: { status: 403, ...denied },
  model_not_found: { status: 404, ...unknown },
  unknown_url: { status: 404, ...unknown },
  response_not_found: { status: 404, ...unknown },
  previous_response_not_found: { status: 400, ...invalid },
  item_not_found: { status: 404, ...unknown },
  method_not_allowed: { status: 405, ...invalid, google: 'UNIMPLEMENTED' },
  idempotency_conflict: { status: 409, ...invalid, google: 'ABORTED', retry: false },
  version_conflict: { status: 409, ...invalid, google: 'ABORTED', retry: false },
  in_use: { status: 409, ...invalid, google: 'FAILED_PRECONDITION', retry: false },
  request_too_large: { status: 413, ...invalid, anthropic: 'request_too_large' },
  unsupported_media_type: { status: 415, ...invalid },
  rate_limited: { status: 429, ...rate, wire: 'rate_limit_exceeded' },
  budget_exceeded: { status: 429, ...rate, retry: false },
  held_credits: { status: 429, ...rate },
  internal: { status: 500, ...api, google: 'INTERNAL' },
  upstream_error: { status: 502, ...api },
  upstream_auth_error: { status: 502, ...api, retry: false },
  upstream_quota_exhausted: { status: 502, ...api, retry: false },
  upstream_unreachable: { status: 502, ...api },
  upstream_stream_truncated: { status: 502, ...api },
  upstream_overloaded: {
    status: 529,
    openai: 'server_error',
    anthropic: 'overloaded_error',
    google: 'UNAVAILABLE',
  },
  loop_detected: { status: 508, ...invalid, google: 'FAILED_PRECONDITION', retry: false },
  store_unavailable: { status: 503, ...api },
  provider_unavailable: { status: 503, ...api },
  upstream_timeout: {
    status: 504,
    openai: 'api_error',
    anthropic: 'timeout_error',
    google: 'DEADLINE_EXCEEDED',
  },
} as const satisfies Record<string, ErrorCode>

export type ErrorCodeName = keyof typeof errorCodes
