import { describe, expect, test } from 'vitest'
import { bodyOf } from '../../bytes/body-bytes.ts'
import type { DialectId } from '../../providers/dialect-id.ts'
import { readEnvelope } from '../envelope.ts'
import { scanMembers } from '../json-members.ts'
import { readNeeds } from './read-needs.ts'
import { declareNeeds } from './read-requirements.ts'

function needsOf(dialect: DialectId, body: object | string, cut = 30) {
  const text = typeof body === 'string' ? body : JSON.stringify({ model: 'm', ...body })
  const bytes = Buffer.from(text)
  const members = scanMembers(bodyOf([bytes.subarray(0, cut), bytes.subarray(cut)]))
  const named = dialect === 'google-gemini' ? { model: 'm', stream: false } : undefined
  return readNeeds(readEnvelope(members, dialect, named), dialect)
}
const media = (dialect: DialectId, body: object | string) => [...needsOf(dialect, body).input].sort()
const features = (dialect: DialectId, body: object) => [...needsOf(dialect, body).features].sort()

const user = (...content: object[]) => [{ role: 'user', content }]
const png = 'data:image/png;base64,iVBORw0KGgo='

describe('what is beside text', () => {
  const cases: readonly (readonly [string, DialectId, object, readonly string[]])[] = [
    [
      'a picture',
      'openai-chat',
      { messages: user({ type: 'image_url', image_url: { url: png } }) },
      ['image'],
    ],
    ['a recording', 'openai-chat', { messages: user({ type: 'input_audio', input_audio: {} }) }, ['audio']],
    ['a film', 'openai-chat', { messages: user({ type: 'video_url', video_url: {} }) }, ['video']],
    [
      'a PDF file',
      'openai-chat',
      { messages: user({ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE' } }) },
      ['pdf'],
    ],
    [
      'a file by its name',
      'openai-chat',
      { messages: user({ type: 'file', file: { filename: 'a.PDF' } }) },
      ['pdf'],
    ],
    [
      'a file of any kind',
      'openai-chat',
      { messages: user({ type: 'file', file: { file_id: 'file-1' } }) },
      [],
    ],
    ['a picture', 'openai-responses', { input: user({ type: 'input_image', image_url: png }) }, ['image']],
    [
      'a PDF file',
      'openai-responses',
      { input: user({ type: 'input_file', file_url: 'http://a/b.pdf' }) },
      ['pdf'],
    ],
    [
      'a screenshot',
      'openai-responses',
      { input: [{ type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: png } }] },
      ['image'],
    ],
    ['a picture', 'anthropic-messages', { messages: user({ type: 'image', source: {} }) }, ['image']],
    [
      'a PDF file',
      'anthropic-messages',
      {
        messages: user({
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
        }),
      },
      ['pdf'],
    ],
    [
      'a document of text',
      'anthropic-messages',
      { messages: user({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' } }) },
      [],
    ],
    [
      'a picture that a tool answered',
      'anthropic-messages',
      { messages: user({ type: 'tool_result', content: [{ type: 'image', source: {} }] }) },
      ['image'],
    ],
    [
      'pictures and sound',
      'google-gemini',
      {
        contents: [
          { parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBO' } }] },
          { parts: [{ file_data: { mime_type: 'audio/mp3', file_uri: 'gs://a' } }] },
        ],
      },
      ['audio', 'image'],
    ],
  ]

  test.each(cases)('%s in %s', (...[, dialect, body, expected]) => {
    expect(media(dialect, body)).toEqual(expected)
  })

  test('is not what a tool was called with, nor what is only spoken of', () => {
    const call = {
      type: 'tool_use',
      id: 't',
      name: 'draw',
      input: { parts: [{ type: 'image' }], image_url: 'a' },
    }
    expect(media('anthropic-messages', { messages: [{ role: 'assistant', content: [call] }] })).toEqual([])
    const text = JSON.stringify({ type: 'image_url', image_url: { url: png } })
    expect(media('openai-chat', { messages: user({ type: 'text', text }) })).toEqual([])
    const tools = [
      { type: 'function', function: { name: 'a', parameters: { properties: { image_url: {} } } } },
    ]
    expect(media('openai-chat', { messages: user({ type: 'text', text: 'hi' }), tools })).toEqual([])
  })

  test('is found though it is written in escapes', () => {
    const body = '{"model":"m","messages":[{"role":"user","content":[{"type":"\\u0069mage","source":{}}]}]}'
    expect(media('anthropic-messages', body)).toEqual(['image'])
  })
})

describe('what is asked for', () => {
  const cases: readonly (readonly [DialectId, object, readonly string[]])[] = [
    ['openai-chat', { tools: [{ type: 'function', function: { name: 'a' } }] }, ['tools']],
    ['openai-chat', { tools: [] }, []],
    ['openai-chat', { tools: null }, []],
    ['openai-chat', { response_format: { type: 'json_schema', json_schema: {} } }, ['schema']],
    ['openai-chat', { response_format: { type: 'json_object' } }, []],
    ['openai-chat', { reasoning_effort: 'low' }, ['reasoning']],
    ['openai-chat', { reasoning_effort: 'none' }, []],
    [
      'openai-responses',
      { text: { format: { type: 'json_schema' } }, reasoning: { effort: 'high' } },
      ['reasoning', 'schema'],
    ],
    ['openai-responses', { text: { format: { type: 'text' } }, reasoning: { summary: 'auto' } }, []],
    ['anthropic-messages', { output_config: { format: { type: 'json_schema' } } }, ['schema']],
    ['anthropic-messages', { thinking: { type: 'enabled', budget_tokens: 1024 } }, ['reasoning']],
    ['anthropic-messages', { thinking: { type: 'disabled' } }, []],
    [
      'google-gemini',
      { generationConfig: { responseSchema: {}, thinkingConfig: { thinkingBudget: 0 } } },
      ['schema'],
    ],
    [
      'google-gemini',
      { generation_config: { response_json_schema: {}, thinking_config: { thinking_budget: 8 } } },
      ['reasoning', 'schema'],
    ],
    ['google-gemini', { tools: { functionDeclarations: [] } }, ['tools']],
  ]

  test.each(cases)('%s %j', (dialect, body, expected) => {
    expect(features(dialect, body)).toEqual(expected)
  })

  test('an output limit', () => {
    expect(needsOf('anthropic-messages', { max_tokens: 64 }).outputTokens).toBe(64)
    expect(needsOf('openai-chat', {}).outputTokens).toBeUndefined()
  })
})

describe('the size of the input', () => {
  test('is estimated by its text, and is at the least what no text is denser than', () => {
    const { inputTokens } = needsOf('openai-chat', {
      messages: user({ type: 'text', text: 'word '.repeat(20_000) }),
    })
    expect(inputTokens.likely).toBeGreaterThan(25_000)
    expect(inputTokens.likely).toBeLessThan(35_000)
    expect(inputTokens.least).toBeGreaterThan(6000)
    // A word is a token.
    expect(inputTokens.least).toBeLessThan(20_000)
  })

  test('is not that of a picture’s bytes', () => {
    const url = `data:image/png;base64,${'A'.repeat(1_000_000)}`
    const body = { messages: user({ type: 'image_url', image_url: { url } }) }
    for (const cut of [30, 5000]) {
      const { inputTokens } = needsOf('openai-chat', body, cut)
      expect(inputTokens.likely).toBeLessThan(2000)
      expect(inputTokens.least).toBe(0)
    }
  })
})

describe('the header tollgate-require', () => {
  const declare = (header: string | string[]) =>
    declareNeeds(needsOf('openai-chat', { max_tokens: 500 }), { 'tollgate-require': header })

  test('adds to what the request shows', () => {
    const needs = declare('tools, Image,,context=200000 , output = 100')
    expect([...needs.features, ...needs.input]).toEqual(['tools', 'image'])
    expect(needs.contextWindow).toBe(200_000)
    expect(needs.outputTokens).toBe(500)
    expect(declare(['schema', 'output=8000']).outputTokens).toBe(8000)
    expect(declareNeeds(needs, {})).toBe(needs)
  })

  test.each(['fast', 'context', 'context=0', 'context=1e9', 'tools=1'])('refuses "%s"', (word) => {
    expect(() => declare(`tools, ${word}`)).toThrow(
      expect.objectContaining({
        status: 400,
        param: 'tollgate-require',
        message: expect.stringContaining(`"${word}"`),
      }),
    )
  })
})
