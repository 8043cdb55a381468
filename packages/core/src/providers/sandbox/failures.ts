import type { Members } from './members.ts'
import type { SandboxAnswer } from './sandbox-answer.ts'

/** Which family of error bodies an endpoint speaks. */
export type ErrorFamily = 'openai' | 'anthropic'

const kinds = {
  invalid: { status: 400, openai: 'invalid_request_error', anthropic: 'invalid_request_error', code: null },
  notFound: {
    status: 404,
    openai: 'invalid_request_error',
    anthropic: 'not_found_error',
    code: 'model_not_found',
  },
  rateLimit: { status: 429, openai: 'requests', anthropic: 'rate_limit_error', code: 'rate_limit_exceeded' },
  server: { status: 500, openai: 'server_error', anthropic: 'api_error', code: 'server_error' },
  overloaded: { status: 503, openai: 'server_error', anthropic: 'overloaded_error', code: 'server_error' },
} as const

export type FailureKind = keyof typeof kinds

/** How long `fail-429` asks its clients to wait. */
const retryAfterMs = 500

/** The `error` member of a body or a frame. */
export function errorMembers(family: ErrorFamily, kind: FailureKind, message: string): Members {
  const { openai, anthropic, code } = kinds[kind]
  return family === 'openai' ? { message, type: openai, param: null, code } : { type: anthropic, message }
}

/** A refusal before the answer has begun. */
export function failureAnswer(family: ErrorFamily, kind: FailureKind, message: string): SandboxAnswer {
  const error = errorMembers(family, kind, message)
  const body = family === 'openai' ? { error } : { type: 'error', error, request_id: null }
  const wait = { 'retry-after-ms': String(retryAfterMs), 'retry-after': '1' }
  return {
    kind: 'answer',
    // Anthropic has a status of its own for this one.
    status: kind === 'overloaded' && family === 'anthropic' ? 529 : kinds[kind].status,
    headers: { 'content-type': 'application/json', ...(kind === 'rateLimit' ? wait : {}) },
    chunks: [JSON.stringify(body)],
    ending: 'end',
  }
}
