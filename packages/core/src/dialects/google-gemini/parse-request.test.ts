import { describe, expect, test } from 'vitest'
import { parseRequest, translateRequest, warned } from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const hello = [{ role: 'user', parts: [{ text: 'Hello' }] }]
const parse = (body: JsonObject) => parseRequest('google-gemini', { contents: hello, ...body })
const parts = (...list: readonly JsonObject[]) =>
  parse({ contents: [{ role: 'user', parts: list }] }).messages[0]?.parts

function refusal(body: JsonObject): Pick<GatewayError, 'code' | 'param'> {
  try {
    parse(body)
  } catch (error) {
    const { code, param } = error as GatewayError
    return { code, param }
  }
  throw new Error('was not refused')
}

describe('a request', () => {
  test('in both spellings of its members', () => {
    const camel = {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAA' } }] }],
      generationConfig: { maxOutputTokens: 5, topP: 0.5, stopSequences: ['END'] },
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
    }
    const snake = {
      system_instruction: { parts: { text: 'Be brief.' } },
      contents: { role: 'USER', parts: [{ inline_data: { mime_type: 'image/png', data: 'AAA' } }] },
      generation_config: { max_output_tokens: 5, top_p: 0.5, stop_sequences: ['END'] },
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
      tools: [{ function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object' } }] }],
    }
    const withoutPaths = (body: JsonObject) =>
      JSON.parse(JSON.stringify(parse(body), (name, value) => (name === 'path' ? undefined : value)))
    expect(withoutPaths(snake)).toEqual(withoutPaths(camel))
    expect(parse(camel)).toMatchObject({
      maxOutputTokens: 5,
      topP: 0.5,
      stop: ['END'],
      toolChoice: { type: 'tool', name: 'f' },
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'image', path: 'contents.0.parts.0' }] },
      ],
    })
  })

  test('model and streaming come from the path', () => {
    expect(parse({ model: 'gemini-3-flash', stream: true })).toMatchObject({
      model: 'gemini-3-flash',
      stream: true,
    })
    expect(parse({})).toMatchObject({ model: '', stream: false })
  })

  test('what only Gemini knows travels by its path', () => {
    const { extensions } = parse({
      safetySettings: [],
      cachedContent: 'cachedContents/1',
      labels: { team: 'a' },
      generationConfig: { speechConfig: { voice: 'x' }, seed: 1, thinkingConfig: { newMember: 1 } },
      toolConfig: {
        retrievalConfig: { languageCode: 'en' },
        functionCallingConfig: { mode: 'VALIDATED', streamFunctionCallArguments: true },
      },
    })
    expect([...extensions.keys()].sort()).toEqual([
      'cachedContent',
      'generationConfig.speechConfig',
      'generationConfig.thinkingConfig.newMember',
      'safetySettings',
      'toolConfig.functionCallingConfig.mode',
      'toolConfig.functionCallingConfig.streamFunctionCallArguments',
      'toolConfig.retrievalConfig',
    ])
  })

  test.each([
    [{ contents: 7 }, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: [{ role: 'tool', parts: [] }] }, 'contents.0.role'],
    [{ contents: [{ parts: [{}] }] }, 'contents.0.parts.0'],
    [{ contents: [{ parts: [{ inlineData: { data: 'A' } }] }] }, 'contents.0.parts.0.inlineData.mimeType'],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, 'contents.0.parts.0.functionCall.name'],
    [
      { systemInstruction: { parts: [{ inlineData: { mimeType: 'a/b', data: '' } }] } },
      'systemInstruction.parts.0',
    ],
    [{ generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [{ generationConfig: { stopSequences: [1] } }, 'generationConfig.stopSequences.0'],
    [{ generationConfig: { responseModalities: ['SMELL'] } }, 'generationConfig.responseModalities.0'],
    [{ toolConfig: { functionCallingConfig: { mode: 'SOME' } } }, 'toolConfig.functionCallingConfig.mode'],
    [{ tools: [{ functionDeclarations: [{}] }] }, 'tools.0.functionDeclarations.0.name'],
    [{ labels: { a: 1 } }, 'labels.a'],
  ])('%j is refused for %s', (body, param) => {
    expect(refusal(body as JsonObject)).toEqual({ code: 'invalid_request', param })
  })
})

describe('parts', () => {
  test('media of every kind', () => {
    const inline = (mimeType: string) => ({ inlineData: { mimeType, data: 'AAA' } })
    expect(
      parts(inline('image/webp'), inline('application/pdf'), inline('audio/mpeg'), inline('video/mp4')),
    ).toMatchObject([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'AAA' } },
      { type: 'document', source: { mediaType: 'application/pdf' } },
      { type: 'audio', format: 'mp3', data: 'AAA' },
      { type: 'document', source: { mediaType: 'video/mp4' } },
    ])
    const own = 'https://generativelanguage.googleapis.com/v1beta/files/abc'
    expect(
      parts(
        { fileData: { mimeType: 'image/png', fileUri: 'https://a.example/b.png' } },
        { fileData: { mimeType: 'application/pdf', fileUri: own } },
        { fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/a' }, videoMetadata: { fps: 1 } },
      ),
    ).toMatchObject([
      { type: 'image', source: { kind: 'url', url: 'https://a.example/b.png', mediaType: 'image/png' } },
      { type: 'document', source: { kind: 'file', id: own } },
      { type: 'document', source: { kind: 'file' }, extras: { videoMetadata: { fps: 1 } } },
    ])
  })

  test('results find their calls by id or, without ids, by name and order', () => {
    const { messages } = parse({
      contents: [
        {
          role: 'model',
          parts: [
            { functionCall: { name: 'f', args: { a: 1 } } },
            { functionCall: { id: 'g1', name: 'g', args: { rawInvalidInput: '[1' } } },
            { functionCall: { name: 'f', args: { a: 2 } } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'g1', name: 'g', response: { error: 'no' } } },
            { functionResponse: { name: 'f', response: { output: 'one' } } },
            { functionResponse: { name: 'f', response: { deep: { two: 2 } } } },
          ],
        },
      ],
    })
    expect(messages[0]?.parts).toMatchObject([
      { type: 'tool-call', id: 'call_0_0', arguments: '{"a":1}' },
      { type: 'tool-call', id: 'g1', arguments: '[1' },
      { type: 'tool-call', id: 'call_0_2', arguments: '{"a":2}' },
    ])
    expect(messages[1]).toMatchObject({
      role: 'tool',
      parts: [
        { callId: 'g1', isError: true, parts: [{ text: 'no' }] },
        { callId: 'call_0_0', parts: [{ text: 'one' }] },
        { callId: 'call_0_2', parts: [{ text: '{"deep":{"two":2}}' }] },
      ],
    })
  })

  test.each([
    [{ output: 'sunny' }, 'sunny'],
    [{ result: 'sunny' }, 'sunny'],
    [{ name: 'weather', content: 'sunny' }, 'sunny'],
    [{ name: 'weather', content: { sky: 'blue' } }, '{"sky":"blue"}'],
    [{ name: 'Berlin', content: 'sunny' }, '{"name":"Berlin","content":"sunny"}'],
    [{ content: 'sunny', wind: 3 }, '{"content":"sunny","wind":3}'],
    [{}, ''],
  ])('what a tool gave back is read out of %j', (response, text) => {
    const functionResponse = { id: 'w1', name: 'weather', response }
    const { messages } = parseRequest('google-gemini', {
      contents: [
        { role: 'model', parts: [{ functionCall: { id: 'w1', name: 'weather', args: {} } }] },
        { role: 'user', parts: [{ functionResponse }] },
      ],
    })
    const parts = text === '' ? [] : [{ type: 'text', text, path: 'contents.1.parts.0' }]
    expect(messages[1]?.parts).toMatchObject([{ type: 'tool-result', callId: 'w1', parts }])
  })

  test('a turn may have more parts than a call can have arguments', () => {
    const thoughts = Array.from({ length: 150_000 }, () => ({ text: 'a', thought: true }))
    const contents = [[{ text: 'b' }], thoughts].map((list) => ({ role: 'model', parts: list }))
    const { messages } = parse({ contents })
    expect(messages.map(({ parts: list }) => list.length)).toEqual([150_001])
  })

  test('T08 T09 signatures are seals, whoever made them', () => {
    const packed = Buffer.from(packSeal({ origin: 'anthropic', value: 'Eq' }, 'google')).toString('base64')
    const redacted = packSeal({ origin: 'anthropic', value: 'Eq', redacted: true }, 'google')
    const hidden = Buffer.from(redacted).toString('base64')
    const unknown = Buffer.from('tollgate-xyz-v9:AAA').toString('base64')
    const { messages } = parse({
      contents: [
        {
          role: 'model',
          parts: [
            { text: 'one ', thought: true },
            { text: 'two', thought: true },
            { text: '', thought: true, thoughtSignature: packed },
            { text: '', thought: true, thoughtSignature: hidden },
            { text: 'Hi', thoughtSignature: 'Rw==' },
            { text: 'there', thoughtSignature: unknown },
            { functionCall: { name: 'f' }, thoughtSignature: 'Qw==' },
          ],
        },
      ],
    })
    const seal = { origin: 'anthropic', value: 'Eq' }
    expect(messages[0]?.parts).toEqual([
      { type: 'thinking', text: 'one two', seal, path: 'contents.0.parts.0' },
      { type: 'thinking', text: '', seal, redacted: true, path: 'contents.0.parts.3' },
      expect.objectContaining({ type: 'text', text: 'Hi', seal: { origin: 'google', value: 'Rw==' } }),
      { type: 'text', text: 'there', path: 'contents.0.parts.5' },
      expect.objectContaining({ type: 'tool-call', seal: { origin: 'google', value: 'Qw==' } }),
    ])
  })

  test('what only Gemini knows is opaque', () => {
    const value = { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }
    expect(parts(value, { thought: true, inlineData: { mimeType: 'image/png', data: 'A' } })).toMatchObject([
      { type: 'opaque', value },
      { type: 'opaque', value: { thought: true } },
    ])
  })
})

describe('how the answer is to be made', () => {
  const generation = (generationConfig: JsonObject) => parse({ generationConfig })

  test.each([
    [{ thinkingBudget: 0 }, { disabled: true }],
    [{ thinkingBudget: -1 }, { adaptive: true }],
    [
      { thinkingBudget: 512, includeThoughts: true },
      { budgetTokens: 512, summary: 'auto' },
    ],
    [
      { thinkingLevel: 'HIGH', includeThoughts: false },
      { effort: 'high', summary: 'none' },
    ],
    [{ thinking_level: 'minimal' }, { effort: 'minimal' }],
  ])('thinkingConfig %j', (thinkingConfig, reasoning) => {
    expect(generation({ thinkingConfig }).reasoning).toEqual(reasoning)
  })

  test('a schema of OpenAPI’s kind is the JSON Schema that says the same', () => {
    const responseSchema = {
      type: 'OBJECT',
      propertyOrdering: ['b', 'a'],
      properties: {
        a: { type: 'STRING', nullable: true, enum: ['x'] },
        b: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '2', max_items: 3 },
        type: { anyOf: [{ type: 'NUMBER' }, { type: 'STRING' }], nullable: true },
      },
      required: ['b'],
    }
    const schema = {
      type: 'object',
      properties: {
        b: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 3 },
        a: { type: ['string', 'null'], enum: ['x', null] },
        type: { anyOf: [{ anyOf: [{ type: 'number' }, { type: 'string' }] }, { type: 'null' }] },
      },
      required: ['b'],
    }
    const { responseFormat } = generation({ responseMimeType: 'application/json', responseSchema })
    expect(responseFormat).toEqual({ type: 'json-schema', name: 'response', schema })
    expect(JSON.stringify(responseFormat)).toMatch(/"b":.*"a":/)
    const tools = [
      { functionDeclarations: [{ name: 'f', parameters: responseSchema, behavior: 'BLOCKING' }] },
    ]
    expect(parse({ tools }).tools).toEqual([
      {
        type: 'function',
        name: 'f',
        parameters: schema,
        extras: { behavior: 'BLOCKING' },
        path: 'tools.0.functionDeclarations.0',
      },
    ])
    const deep = JSON.parse(`${'{"type":"ARRAY","items":'.repeat(200)}{}${'}'.repeat(200)}`)
    expect(() => generation({ responseSchema: deep })).toThrow(/at most 100 levels/)
  })

  test('formats', () => {
    const json = { responseMimeType: 'application/json' }
    expect(generation(json).responseFormat).toEqual({ type: 'json-object' })
    expect(generation({ ...json, responseJsonSchema: { type: 'array' } }).responseFormat).toMatchObject({
      schema: { type: 'array' },
    })
    expect(generation({ responseMimeType: 'text/plain' })).not.toHaveProperty('responseFormat')
    const choice = generation({
      responseMimeType: 'text/x.enum',
      responseSchema: { type: 'STRING', enum: ['a'] },
    })
    expect(choice).not.toHaveProperty('responseFormat')
    expect([...choice.extensions.keys()]).toEqual([
      'generationConfig.responseMimeType',
      'generationConfig.responseSchema',
    ])
  })

  test('log probabilities, modalities, candidates', () => {
    const members = { responseLogprobs: true, responseModalities: ['TEXT', 'IMAGE'], candidateCount: 2 }
    expect(generation(members)).toMatchObject({ logprobs: 0, modalities: ['text', 'image'], choices: 2 })
    expect(generation({ responseLogprobs: true, logprobs: 3 })).toMatchObject({ logprobs: 3 })
    expect(generation({ logprobs: 3 })).not.toHaveProperty('logprobs')
  })
})

describe('a Gemini client reaches Claude', () => {
  const translate = (body: JsonObject) =>
    translateRequest(['google-gemini', 'anthropic-messages'], body, { model: 'claude-sonnet-4-5' })

  test('T01 a turn with a call', () => {
    const { body } = translate({
      systemInstruction: { parts: [{ text: 'A' }] },
      contents: [
        ...hello,
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { x: 1 } } }] },
        {
          role: 'user',
          parts: [{ functionResponse: { name: 'f', response: { output: '1' } } }, { text: 'ok' }],
        },
      ],
      tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT', properties: {} } }] }],
    })
    expect(body).toMatchObject({
      system: [{ type: 'text', text: 'A' }],
      messages: [
        { role: 'user', content: [{ text: 'Hello' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1_0', name: 'f', input: { x: 1 } }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'call_1_0', content: '1' }, { text: 'ok' }],
        },
      ],
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
    })
  })

  test('what Claude cannot take is told by its name in this dialect', () => {
    const rendered = translate({ contents: hello, safetySettings: [{}], tools: [{ googleSearch: {} }] })
    expect(warned(rendered)).toEqual(['tools.0.googleSearch dropped', 'safetySettings dropped'])
  })
})
