import { describe, expect, test } from 'vitest'
import {
  parseRequest,
  renderRequest,
  translateRequest,
  warned,
} from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'

const hello = [{ role: 'user', content: 'Hello' }]
const chat = (body: JsonObject, more: Partial<RenderTarget> = {}) =>
  translateRequest(
    ['openai-chat', 'google-gemini'],
    { model: 'm', messages: hello, ...body },
    {
      model: 'gemini-2.5-flash',
      ...more,
    },
  )
const generation = (body: JsonObject, model = 'gemini-2.5-flash', more: Partial<RenderTarget> = {}) =>
  chat(body, { model, ...more }).body.generationConfig

function refusal(body: JsonObject, more: Partial<RenderTarget> = {}): Pick<GatewayError, 'code' | 'param'> {
  try {
    chat(body, more)
  } catch (error) {
    const { code, param } = error as GatewayError
    return { code, param }
  }
  throw new Error('was not refused')
}

const call = (id: string, name: string, json = '') => ({
  id,
  type: 'function',
  function: { name, arguments: json },
})
const tool = (name: string, parameters?: JsonObject, strict?: boolean) => ({
  type: 'function',
  function: { name, parameters, strict },
})
const user = (text: string) => ({ role: 'user', parts: [{ text }] })

describe('messages', () => {
  test('T01 parallel results are one user turn, in the order of their calls, before any text', () => {
    const messages = [
      { role: 'system', content: 'A' },
      { role: 'user', content: 'w?' },
      { role: 'assistant', content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g')] },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'user', content: 'thanks' },
    ]
    expect(chat({ messages }).body).toEqual({
      systemInstruction: { parts: [{ text: 'A' }] },
      contents: [
        user('w?'),
        {
          role: 'model',
          parts: [
            { functionCall: { id: 'a', name: 'f', args: { x: 1 } } },
            { functionCall: { id: 'b', name: 'g', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'a', name: 'f', response: { output: '1' } } },
            { functionResponse: { id: 'b', name: 'g', response: { output: '2' } } },
            { text: 'thanks' },
          ],
        },
      ],
    })
    expect(refusal({ messages: messages.slice(0, 4) }).param).toBe('messages.2.tool_calls.0')
    expect(refusal({ messages: [messages[3]] }).param).toBe('messages.0')
  })

  test('T03 later instructions are moved to the front, and that is told', () => {
    const messages = [
      { role: 'system', content: 'A' },
      ...hello,
      { role: 'developer', content: 'B' },
      { role: 'user', content: '2' },
    ]
    const rendered = chat({ messages })
    expect(rendered.body).toMatchObject({
      systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hello' }, { text: '2' }] }],
    })
    expect(warned(rendered)).toEqual(['messages.2 changed'])
  })

  test('T15 media', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/png;charset=x;base64,AAA' } },
      { type: 'image_url', image_url: { url: 'https://a.example/b.webp?x=1' } },
      { type: 'input_audio', input_audio: { data: 'BBB', format: 'wav' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,CCC', filename: 'a.pdf' } },
    ]
    const rendered = chat({ messages: [{ role: 'user', content }] })
    expect(rendered.body.contents).toEqual([
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'AAA' } },
          { fileData: { mimeType: 'image/webp', fileUri: 'https://a.example/b.webp?x=1' } },
          { inlineData: { mimeType: 'audio/wav', data: 'BBB' } },
          { inlineData: { mimeType: 'application/pdf', data: 'CCC' } },
        ],
      },
    ])
    expect(warned(rendered)).toEqual(['messages.0.content.3 changed'])
    const file = [{ type: 'file', file: { file_id: 'file-1' } }]
    expect(refusal({ messages: [{ role: 'user', content: file }] })).toEqual({
      code: 'unsupported_parameter',
      param: 'messages.0.content.0',
    })
    expect(refusal({ messages: [{ role: 'user', content: '' }] }).param).toBe('messages')
  })

  test('T16 pictures in results: inside them where the model takes that, beside them elsewhere', () => {
    const messages = [
      ...hello,
      { role: 'assistant', tool_calls: [call('a', 'shot')] },
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAA' } }],
      },
    ]
    const picture = { inlineData: { mimeType: 'image/png', data: 'AAA' } }
    const last = (model: string) =>
      (chat({ messages }, { model }).body.contents as JsonObject[]).at(-1)?.parts
    expect(last('gemini-3-flash-preview')).toEqual([
      { functionResponse: { id: 'a', name: 'shot', response: { output: '' }, parts: [picture] } },
    ])
    expect(last('gemini-2.5-flash')).toEqual([
      { functionResponse: { id: 'a', name: 'shot', response: { output: '[see the media that follow]' } } },
      picture,
    ])
  })

  test('a failed result says so', () => {
    const messages = [
      ...hello,
      { role: 'assistant', tool_calls: [call('a', 'f', 'not json')] },
      { role: 'tool', tool_call_id: 'a', content: 'no', is_error: true },
    ]
    expect(chat({ messages }).body.contents).toMatchObject([
      {},
      { parts: [{ functionCall: { args: { rawInvalidInput: 'not json' } } }] },
      { parts: [{ functionResponse: { response: { error: 'no' } } }] },
    ])
  })

  test('T09 reasoning of another provider is left out, and that is told', () => {
    const thinking_blocks = [{ type: 'thinking', thinking: 'hm', signature: 'Eq' }]
    const messages = [...hello, { role: 'assistant', content: 'Hi', thinking_blocks }, ...hello]
    const rendered = chat({ messages })
    expect(rendered.body.contents).toEqual([
      user('Hello'),
      { role: 'model', parts: [{ text: 'Hi' }] },
      user('Hello'),
    ])
    expect(warned(rendered)).toEqual(['messages.1.thinking_blocks.0 dropped'])
    expect(warned(chat({ messages }, { strict: true })), 'no reason to refuse').toHaveLength(1)
  })
})

describe('signatures of calls', () => {
  const round = (id: string) => [
    { role: 'assistant', tool_calls: [call(`${id}1`, 'f'), call(`${id}2`, 'f')] },
    { role: 'tool', tool_call_id: `${id}1`, content: '1' },
    { role: 'tool', tool_call_id: `${id}2`, content: '2' },
  ]
  const done = { role: 'assistant', content: 'done' }
  const messages = [...hello, ...round('a'), done, ...hello, ...round('b'), ...round('c')]
  const signatures = (model: string, list: readonly JsonObject[] = messages) =>
    (chat({ messages: list }, { model }).body.contents as { parts: JsonObject[] }[])
      .flatMap(({ parts }) => parts)
      .filter((part) => part.functionCall !== undefined)
      .map((part) => part.thoughtSignature)
  const placeholder = 'skip_thought_signature_validator'

  test('Gemini 3 gets the placeholder on the first call of each step of the current turn', () => {
    expect(signatures('gemini-3-flash-preview')).toEqual([
      undefined,
      undefined,
      placeholder,
      undefined,
      placeholder,
      undefined,
    ])
    expect(warned(chat({ messages }, { model: 'gemini-4-argon' }))).toEqual(['messages changed'])
    expect(signatures('gemini-2.5-pro')).toEqual(Array(6).fill(undefined))
  })

  test('words of the user beside results do not end the turn', () => {
    const spoken = [...hello, ...round('a'), ...hello]
    expect(signatures('gemini-3-flash-preview', spoken)).toEqual([placeholder, undefined])
  })

  test('a signature that came back is sent as it is', () => {
    const contents = [
      user('Hello'),
      { role: 'model', parts: [{ functionCall: { name: 'f' }, thoughtSignature: 'U2ln' }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
    ]
    const conversation = parseRequest('google-gemini', { contents })
    const rendered = renderRequest('google-gemini', conversation, { model: 'gemini-3-pro-preview' })
    expect(rendered.body.contents).toMatchObject([{}, { parts: [{ thoughtSignature: 'U2ln' }] }, {}])
    expect(rendered.warnings).toEqual([])
  })
})

describe('tools', () => {
  test('schemas go as they are', () => {
    const parameters = { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: {} } }
    const empty = { type: 'object', properties: {}, additionalProperties: false }
    const { body } = chat({ tools: [tool('f', parameters), tool('g', empty), tool('h')] })
    expect(body.tools).toEqual([
      {
        functionDeclarations: [{ name: 'f', parametersJsonSchema: parameters }, { name: 'g' }, { name: 'h' }],
      },
    ])
  })

  test('T11 the choice among them', () => {
    const tools = [tool('f'), tool('g')]
    const calling = (tool_choice: unknown, more: JsonObject = {}) =>
      (chat({ tools, tool_choice, ...more }).body.toolConfig as JsonObject | undefined)?.functionCallingConfig
    expect(calling(undefined)).toBeUndefined()
    expect(calling('auto')).toEqual({ mode: 'AUTO' })
    expect(calling('none')).toEqual({ mode: 'NONE' })
    expect(calling('required')).toEqual({ mode: 'ANY' })
    expect(calling({ type: 'function', function: { name: 'g' } })).toEqual({
      mode: 'ANY',
      allowedFunctionNames: ['g'],
    })
    const allowed = (mode: string) => ({
      type: 'allowed_tools',
      allowed_tools: { mode, tools: [{ type: 'function', function: { name: 'f' } }] },
    })
    expect(calling(allowed('required'))).toEqual({ mode: 'ANY', allowedFunctionNames: ['f'] })
    expect(calling(allowed('auto'))).toEqual({ mode: 'VALIDATED', allowedFunctionNames: ['f'] })
    expect(calling('auto', { tools: [tool('f', undefined, true)] })).toEqual({ mode: 'VALIDATED' })
    const other = { type: 'function', function: { name: 'x' } }
    expect(refusal({ tools, tool_choice: other }).param).toBe('tool_choice')
    expect(warned(chat({ tools, parallel_tool_calls: false }))).toEqual(['parallel_tool_calls dropped'])
  })

  test('T30 names that the API does not take are sent as others, everywhere, and mapped back', () => {
    const long = `${'n'.repeat(130)}`
    const names = ['a b', 'a_b', '7up', long, `${long}2`]
    const messages = [
      ...hello,
      { role: 'assistant', tool_calls: [call('a', 'a b')] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
    ]
    const rendered = chat({
      messages,
      tools: names.map((name) => tool(name)),
      tool_choice: { type: 'function', function: { name: 'a b' } },
    })
    const [{ functionDeclarations }] = rendered.body.tools as [{ functionDeclarations: { name: string }[] }]
    const sent = functionDeclarations.map(({ name }) => name)
    expect(sent.slice(0, 3)).toEqual([
      expect.stringMatching(/^a_b_[0-9a-f]{8}$/),
      'a_b',
      expect.stringMatching(/^_7up_[0-9a-f]{8}$/),
    ])
    expect(new Set(sent).size).toBe(5)
    for (const name of sent) expect(name).toMatch(/^[a-zA-Z_][\w.:-]{0,127}$/)
    expect(JSON.stringify(rendered.body)).not.toContain('"a b"')
    expect(sent.map((name) => rendered.answer?.toolNames?.get(name) ?? name)).toEqual(names)
    expect(chat({ tools: [tool('f')] }).answer).toEqual({})
  })
})

describe('sampling and limits', () => {
  test('members have their own names here', () => {
    const body = {
      temperature: 1.7,
      top_p: 0.5,
      top_k: 5,
      stop: 'END',
      max_tokens: 100,
      response_format: { type: 'json_object' },
    }
    expect(generation(body)).toEqual({
      temperature: 1.7,
      topP: 0.5,
      topK: 5,
      stopSequences: ['END'],
      maxOutputTokens: 100,
      responseMimeType: 'application/json',
    })
    const schema = { type: 'object', properties: { a: { type: 'string', minLength: 2 } } }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    expect(generation({ response_format: format })).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    })
  })

  test('T12 models that do not heed sampling are not sent any', () => {
    const rendered = chat({ temperature: 0.2, top_p: 1 }, { model: 'gemini-3.8-flash' })
    expect(rendered.body).not.toHaveProperty('generationConfig')
    expect(warned(rendered)).toEqual(['temperature dropped'])
    const penalised = { ...parseRequest('openai-chat', { model: 'm', messages: hello }), presencePenalty: 1 }
    const refused = renderRequest('google-gemini', penalised, { model: 'gemini-4-argon' })
    expect(warned(refused)).toEqual(['presence_penalty dropped'])
    const taken = renderRequest('google-gemini', penalised, { model: 'gemini-2.5-pro' })
    expect(taken.body.generationConfig).toEqual({ presencePenalty: 1 })
  })

  test('T13 the output limit', () => {
    expect(chat({}).maxOutputTokens).toBeUndefined()
    expect(generation({}, 'gemini-2.5-flash', { maxOutputTokens: 65_536 })).toBeUndefined()
    expect(generation({}, 'gemini-2.5-flash', { affordable: 50 })).toEqual({ maxOutputTokens: 50 })
    const clamped = chat({ max_tokens: 100_000 })
    expect(clamped).toMatchObject({ maxOutputTokens: 65_536, warnings: [{ action: 'changed' }] })
    expect(chat({ max_tokens: 100_000 }, { model: 'gemini-4-argon' }).maxOutputTokens).toBe(100_000)
  })

  test('log probabilities, seed and modalities', () => {
    const conversation = {
      ...parseRequest('openai-chat', { model: 'm', messages: hello }),
      logprobs: 0,
      seed: 7,
      modalities: ['text', 'image'] as const,
    }
    const config = (logprobs: number) =>
      renderRequest('google-gemini', { ...conversation, logprobs }, { model: 'gemini-2.5-flash' }).body
        .generationConfig
    expect(config(0)).toEqual({ responseLogprobs: true, seed: 7, responseModalities: ['TEXT', 'IMAGE'] })
    expect(config(3)).toMatchObject({ responseLogprobs: true, logprobs: 3 })
    const far = renderRequest('google-gemini', { ...conversation, seed: 2 ** 31 + 5 })
    expect(far.body.generationConfig).toMatchObject({ seed: 5 })
    expect(warned(far)).toEqual(['seed changed'])
  })

  test('what has no counterpart is told, and refused under strict', () => {
    const rendered = chat({ user: 'u', logit_bias: {}, prompt_cache_key: 'k', service_tier: 'default' })
    expect(rendered.body.serviceTier).toBe('standard')
    expect(warned(rendered)).toEqual(['user dropped', 'logit_bias dropped'])
    expect(refusal({ logit_bias: {} }, { strict: true }).param).toBe('logit_bias')
    expect(refusal({ n: 2 })).toEqual({ code: 'unsupported_parameter', param: 'n' })
    expect(warned(chat({ service_tier: 'scale' }))).toEqual(['service_tier dropped'])
  })
})

describe('reasoning', () => {
  const shown = { includeThoughts: true }
  test.each([
    ['gemini-2.5-flash', 'low', { thinkingBudget: 2457, ...shown }],
    ['gemini-2.5-pro', 'high', { thinkingBudget: 19_660, ...shown }],
    ['gemini-2.5-flash-lite', 'minimal', { thinkingBudget: 512, ...shown }],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH', ...shown }],
    ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'MEDIUM', ...shown }],
    ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'MINIMAL', ...shown }],
    ['gemini-3.8-flash', 'minimal', { thinkingLevel: 'LOW', ...shown }],
    ['models/gemini-4-argon', 'xhigh', { thinkingLevel: 'HIGH', ...shown }],
    ['gemini-3-flash-preview', 'none', { thinkingLevel: 'MINIMAL' }],
    ['gemini-2.0-flash', 'high', undefined],
  ])('%s with effort %s', (model, reasoning_effort, thinkingConfig) => {
    const config = generation({ reasoning_effort }, model) as JsonObject | undefined
    expect(config?.thinkingConfig).toEqual(thinkingConfig)
  })

  test('T13 a budget counts against the limit, so that it leaves room', () => {
    const thinking = { type: 'enabled', budget_tokens: 8000 }
    expect(generation({ thinking, max_tokens: 10_000 })).toMatchObject({
      maxOutputTokens: 10_000,
      thinkingConfig: { thinkingBudget: 8000 },
    })
    expect(generation({ reasoning_effort: 'high', max_tokens: 1000 })).toMatchObject({
      maxOutputTokens: 1000,
      thinkingConfig: { thinkingBudget: 600 },
    })
    const level = chat({ thinking }, { model: 'gemini-3-flash-preview' })
    expect(level.body.generationConfig).toEqual({ thinkingConfig: { thinkingLevel: 'MEDIUM', ...shown } })
    expect(warned(level)).toEqual(['reasoning_effort changed'])
    expect(refusal({ reasoning_effort: 'heroic' }).param).toBe('reasoning_effort')
  })

  test('a model may be left to think as much as it sees fit', () => {
    const conversation = parseRequest('openai-chat', { model: 'm', messages: hello })
    const config = (model: string, adaptive?: true) => {
      const reasoning = { summary: 'auto', ...(adaptive && { adaptive }) }
      const { body } = renderRequest('google-gemini', { ...conversation, reasoning }, { model })
      return (body.generationConfig as JsonObject).thinkingConfig
    }
    expect(config('gemini-2.5-flash', true)).toEqual({ thinkingBudget: -1, ...shown })
    expect(config('gemini-2.5-flash')).toEqual(shown)
    expect(config('gemini-2.5-flash-lite')).toEqual({ thinkingBudget: -1, ...shown })
    expect(config('gemini-3.8-flash', true)).toEqual(shown)
  })

  test('tells whether the model thinks', () => {
    expect(chat({}).thinks).toBe(true)
    expect(chat({}, { model: 'gemini-2.5-flash-lite' }).thinks).toBe(false)
    expect(chat({ reasoning_effort: 'none' }).thinks).toBe(false)
    expect(chat({}, { model: 'gemini-3-flash-preview' }).thinks).toBe(true)
    expect(chat({}, { model: 'gemma-3' }).thinks).toBe(false)
  })

  test('clients of Responses are shown thoughts when they ask for a summary', () => {
    const config = (summary?: string) => {
      const reasoning = { effort: 'low', ...(summary === undefined ? {} : { summary }) }
      const conversation = parseRequest('openai-chat', { model: 'm', messages: hello })
      const asked = { ...conversation, dialect: 'openai-responses', reasoning } as const
      return renderRequest('google-gemini', asked, { model: 'gemini-3.8-flash' }).body.generationConfig
    }
    expect(config()).toEqual({ thinkingConfig: { thinkingLevel: 'LOW' } })
    expect(config('auto')).toEqual({ thinkingConfig: { thinkingLevel: 'LOW', ...shown } })
  })
})

test('what was parsed is rendered again', () => {
  const body = {
    systemInstruction: { parts: [{ text: 'A' }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'Hello' },
          {
            inlineData: { mimeType: 'image/png', data: 'AAA' },
            mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' },
          },
          { inlineData: { mimeType: 'audio/ogg', data: 'BBB' } },
          { fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/c' }, videoMetadata: { fps: 2 } },
          { fileData: { mimeType: 'application/pdf', fileUri: 'https://a.example/b.pdf' } },
        ],
      },
      {
        role: 'model',
        parts: [
          { text: 'hm', thought: true },
          { executableCode: { language: 'PYTHON', code: '1' } },
          { text: 'Hi', thoughtSignature: 'Rw==' },
          { functionCall: { name: 'f', args: { a: [1] } }, thoughtSignature: 'Qw==' },
          { functionCall: { id: 'x', name: 'f', args: {} } },
          { inlineData: { mimeType: 'image/png', data: 'CCC' }, thoughtSignature: 'SQ==' },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', response: { deep: { a: 1 } }, scheduling: 'SILENT' } },
          {
            functionResponse: {
              id: 'x',
              name: 'f',
              response: { output: 'ok' },
              parts: [{ inlineData: { mimeType: 'image/png', data: 'DDD' } }],
            },
          },
        ],
      },
    ],
    tools: [
      {
        functionDeclarations: [
          {
            name: 'f',
            description: 'd',
            parametersJsonSchema: { type: 'object', properties: { a: {} } },
            responseJsonSchema: { type: 'object' },
          },
        ],
      },
      { googleSearch: {} },
      { codeExecution: {} },
    ],
    toolConfig: {
      functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
      retrievalConfig: { languageCode: 'en' },
    },
    generationConfig: {
      temperature: 0.5,
      topP: 0.5,
      topK: 5,
      candidateCount: 2,
      maxOutputTokens: 500,
      stopSequences: ['END'],
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 2,
      responseModalities: ['TEXT', 'AUDIO'],
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'array' },
      thinkingConfig: { thinkingBudget: 256, includeThoughts: true },
      speechConfig: { voiceConfig: {} },
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
    },
    safetySettings: [{ category: 'c', threshold: 't' }],
    cachedContent: 'cachedContents/1',
    serviceTier: 'flex',
    labels: { Team: 'A b' },
    store: true,
  }
  const rendered = translateRequest(['google-gemini', 'google-gemini'], body, { model: 'gemini-2.5-flash' })
  expect(rendered.body).toEqual(body)
  expect(rendered.warnings).toEqual([])
})
