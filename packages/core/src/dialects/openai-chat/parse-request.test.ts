import { describe, expect, test } from 'vitest'
import { refusal } from '../../../../../test/translation/chat-to-messages.ts'
import type { JsonObject } from '../json.ts'

describe('bad shapes', () => {
  test.each<[string, JsonObject]>([
    ['model', { model: 7 }],
    ['messages', { messages: 'Hello' }],
    ['messages.0', { messages: ['Hello'] }],
    ['messages.0.role', { messages: [{ role: 'robot', content: '' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages.0.tool_call_id', { messages: [{ role: 'tool', content: '' }] }],
    ['temperature', { temperature: 'hot' }],
    ['stream', { stream: 'yes' }],
    ['stop.1', { stop: ['a', 1] }],
    ['response_format.type', { response_format: { type: 'xml' } }],
    ['tools.0.function', { tools: [{ type: 'function' }] }],
    ['tool_choice', { tool_choice: 'maybe' }],
  ])('are refused at %s', (param, body) => {
    expect(refusal({ body })).toEqual({ code: 'invalid_request', param, status: 400 })
  })
})
