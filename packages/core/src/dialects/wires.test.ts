import { describe, expect, test } from 'vitest'
import { recordedFiles, recording } from '../../../../test/upstream/wire.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { mapEventError } from '../upstream/map-error.ts'
import type { StreamEvent } from './dialect.ts'
import { dialects } from './dialects.ts'
import { createEventSplitter, eventData } from './sse.ts'

const error = new GatewayError({ code: 'upstream_stream_truncated', message: 'The stream broke off.' })

function eventsOf(wire: string): readonly StreamEvent[] {
  return createEventSplitter().push(Buffer.from(wire))
}

function recorded(file: string): readonly StreamEvent[] {
  return eventsOf(recording(file).events.join(''))
}

const data = (value: unknown, event?: string): StreamEvent => ({ event, data: JSON.stringify(value) })

describe('openai-chat', () => {
  const { wire } = dialects['openai-chat']

  test('commits on the first event unless it is an error', () => {
    expect(wire.opening(data({ choices: [] }))).toBe('commit')
    expect(wire.opening(data({ error: { code: 'insufficient_quota' } }))).toEqual({
      error: { code: 'insufficient_quota' },
    })
  })

  test('ends with [DONE], or with a finish reason where a server omits it', () => {
    expect(wire.isTerminal({ event: undefined, data: '[DONE]' })).toBe(true)
    expect(wire.isTerminal(data({ choices: [{ delta: {}, finish_reason: 'stop' }] }))).toBe(true)
    expect(wire.isTerminal(data({ choices: [{ delta: { content: 'a' }, finish_reason: null }] }))).toBe(false)
    expect(wire.isTerminal(data({ choices: [{ delta: { content: '"finish_reason":"stop"' } }] }))).toBe(false)
  })

  test('T25 its error frame is an error and no end', () => {
    expect(eventsOf(wire.errorFrame(error, 'req_1', 1)).map(eventData)).toEqual([
      {
        error: {
          message: 'The stream broke off.',
          type: 'api_error',
          param: null,
          code: 'upstream_stream_truncated',
        },
      },
    ])
  })

  test('its heartbeat is a comment', () => {
    expect(wire.heartbeat(1)).toBe(': keep-alive\n\n')
  })
})

describe('anthropic-messages', () => {
  const { wire } = dialects['anthropic-messages']
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }

  test('T24 commits on the first event that is neither a ping nor an error, named or not', () => {
    expect(wire.opening(data({ type: 'ping' }, 'ping'))).toBe('wait')
    expect(wire.opening(data({ type: 'message_start' }, 'message_start'))).toBe('commit')
    expect(wire.opening(data(overloaded, 'error'))).toEqual({ error: overloaded.error })
    expect(wire.opening(data(overloaded))).toEqual({ error: overloaded.error })
  })

  test('ends with message_stop', () => {
    expect(wire.isTerminal(data({ type: 'message_stop' }))).toBe(true)
    expect(wire.isTerminal(data({ type: 'message_delta' }, 'message_delta'))).toBe(false)
  })

  test('T25 its frames have their event line', () => {
    expect(wire.heartbeat(1)).toBe('event: ping\ndata: {"type":"ping"}\n\n')
    const [frame] = eventsOf(wire.errorFrame(error, 'req_1', 1))
    expect(frame?.event).toBe('error')
    expect(frame && eventData(frame)).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: 'The stream broke off.' },
      request_id: 'req_1',
    })
  })
})

describe('openai-responses', () => {
  const { wire } = dialects['openai-responses']

  test('T24 waits until the model answers, and meets a refusal before that', () => {
    const verdicts = recorded('openai/openai-error.1.chunks.txt').map(wire.opening)
    expect(verdicts).toMatchObject([
      'wait',
      'wait',
      { error: { code: 'insufficient_quota', type: 'insufficient_quota' } },
      { error: { code: 'insufficient_quota' } },
    ])
    expect(wire.opening(data({ type: 'response.output_item.added' }))).toBe('commit')
    expect(wire.opening(data({ type: 'error', code: 'rate_limit_exceeded' }))).toMatchObject({
      error: { code: 'rate_limit_exceeded' },
    })
  })

  test('T25 says error and then response.failed, numbered', () => {
    const frames = eventsOf(wire.errorFrame(error, 'req_1', 7))
    expect(frames.map(({ event }) => event)).toEqual(['error', 'response.failed'])
    expect(frames.map(eventData)).toMatchObject([
      { type: 'error', sequence_number: 7, error: { type: 'api_error', code: 'upstream_stream_truncated' } },
      {
        type: 'response.failed',
        sequence_number: 8,
        response: { status: 'failed', error: { code: 'upstream_stream_truncated', message: error.message } },
      },
    ])
    const codeOf = (code: 'insufficient_credits' | 'rate_limited' | 'context_length_exceeded') => {
      const [, last] = eventsOf(wire.errorFrame(new GatewayError({ code, message: 'No.' }), 'req_1', 7))
      return last && eventData(last)
    }
    // Codex tries again at words that it does not know.
    expect(codeOf('insufficient_credits')).toMatchObject({
      response: { error: { code: 'insufficient_quota' } },
    })
    expect(codeOf('rate_limited')).toMatchObject({ response: { error: { code: 'rate_limit_exceeded' } } })
    expect(codeOf('context_length_exceeded')).toMatchObject({
      response: { error: { code: 'context_length_exceeded' } },
    })
    expect(wire.heartbeat(9)).toBe('event: keepalive\ndata: {"type":"keepalive","sequence_number":9}\n\n')
  })
})

describe('google-gemini', () => {
  const { wire } = dialects['google-gemini']

  test('commits on the first event unless it is an error', () => {
    const refused = { code: 503, message: 'Overloaded.', status: 'UNAVAILABLE' }
    expect(wire.opening(data({ candidates: [] }))).toBe('commit')
    expect(wire.opening(data({ candidates: [{ content: { parts: [{ text: '"error"' }] } }] }))).toBe('commit')
    expect(wire.opening(data({ error: refused }))).toEqual({ error: refused })
    expect(mapEventError(refused, { provider: 'google', ownKey: false })).toMatchObject({ status: 503 })
  })

  test('ends with the chunk that says why a candidate finished, or why the prompt was blocked', () => {
    const args = { finishReason: 'STOP', blockReason: 'OTHER' }
    const parts = [{ functionCall: { name: 'f', args } }]
    expect(wire.isTerminal(data({ candidates: [{ content: { parts } }] }))).toBe(false)
    expect(wire.isTerminal(data({ candidates: [{ content: { parts }, finishReason: 'STOP' }] }))).toBe(true)
    expect(wire.isTerminal(data({ promptFeedback: { blockReason: 'SAFETY' } }))).toBe(true)
    expect(wire.isTerminal(data({ usageMetadata: { totalTokenCount: 3 } }))).toBe(false)
  })

  test('T25 its error frame is an error object of Google', () => {
    expect(eventsOf(wire.errorFrame(error, 'req_1', 1)).map(eventData)).toMatchObject([
      {
        error: {
          code: 502,
          message: 'The stream broke off.',
          status: 'UNAVAILABLE',
          details: [{ reason: 'UPSTREAM_STREAM_TRUNCATED', metadata: { requestId: 'req_1' } }],
        },
      },
    ])
    expect(wire.heartbeat(1)).toBe(': keep-alive\n\n')
  })
})

test.each(recordedFiles())('%s ends on a terminal event only', (file) => {
  const { wire } = dialects[recording(file).dialect]
  const events = recorded(file)
  expect(events.some((event) => wire.isTerminal(event))).toBe(true)
  expect(wire.isTerminal(events[0] as StreamEvent)).toBe(false)
})
