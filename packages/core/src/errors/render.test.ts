import { describe, expect, test } from 'vitest'
import { errorCodes } from './codes.ts'
import { GatewayError } from './gateway-error.ts'
import { errorHeaders, renderErrorBody } from './render.ts'

const limited = (retryAfterMs: number) =>
  new GatewayError({ code: 'rate_limited', message: 'Rate limit exceeded.', retryAfterMs })

describe('renderErrorBody', () => {
  const error = new GatewayError({ code: 'invalid_request', message: 'No.', param: 'messages.0' })

  test('speaks the OpenAI shape', () => {
    expect(renderErrorBody(error, 'openai', 'req_1')).toEqual({
      error: { message: 'No.', type: 'invalid_request_error', param: 'messages.0', code: 'invalid_request' },
    })
  })

  test('speaks the Anthropic shape, whose clients demand the outer type', () => {
    expect(renderErrorBody(error, 'anthropic', 'req_1')).toEqual({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'No.',
        details: { error_code: 'invalid_request' },
      },
      request_id: 'req_1',
    })
  })

  test("speaks Google's shape, with the gateway's own code and the wait in its details", () => {
    expect(renderErrorBody(error, 'google', 'req_1')).toEqual({
      error: {
        code: 400,
        message: 'No.',
        status: 'INVALID_ARGUMENT',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'INVALID_REQUEST',
            domain: 'tollgate',
            metadata: { requestId: 'req_1', param: 'messages.0' },
          },
        ],
      },
    })
    expect(renderErrorBody(limited(1500), 'google', 'req_1')).toMatchObject({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ metadata: { requestId: 'req_1' } }, { retryDelay: '2s' }],
      },
    })
  })

  test('T43 serves both families where the path does not tell', () => {
    const unknown = new GatewayError({ code: 'unknown_url', message: 'No such path.' })
    expect(renderErrorBody(unknown, 'both', 'req_1')).toEqual({
      type: 'error',
      error: {
        type: 'not_found_error',
        message: 'No such path.',
        code: 'unknown_url',
        param: null,
        details: { error_code: 'unknown_url' },
      },
      request_id: 'req_1',
    })
  })

  test('a 429 says in words how long to wait, once', () => {
    const body = JSON.stringify(renderErrorBody(limited(1500), 'openai', 'req_1'))
    expect(body).toContain('Rate limit exceeded. Please try again in 2s.')
    expect(body).toContain('"code":"rate_limit_exceeded"')
    const said = new GatewayError({
      code: 'held_credits',
      message: 'Held. Please try again in 3s.',
      retryAfterMs: 3000,
    })
    expect(JSON.stringify(renderErrorBody(said, 'openai', 'r')).match(/try again in/g)).toHaveLength(1)
  })
})

describe('errorHeaders', () => {
  test('names the wait in seconds and in milliseconds', () => {
    expect(errorHeaders(limited(1500))).toEqual({ 'retry-after': '2', 'retry-after-ms': '1500' })
    expect(errorHeaders(limited(60_000))).not.toHaveProperty('x-should-retry')
  })

  test('T42 a wait above a minute also stops the automatic retry', () => {
    expect(errorHeaders(limited(60_001))).toMatchObject({ 'retry-after': '61', 'x-should-retry': 'false' })
  })

  test('codes that a retry cannot cure say so', () => {
    const stopped = Object.keys(errorCodes).filter(
      (code) =>
        'x-should-retry' in
        errorHeaders(new GatewayError({ code: code as keyof typeof errorCodes, message: '' })),
    )
    expect(stopped).toEqual([
      'insufficient_credits',
      'idempotency_conflict',
      'version_conflict',
      'in_use',
      'budget_exceeded',
      'upstream_auth_error',
      'upstream_quota_exhausted',
      'loop_detected',
    ])
  })
})
