import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf } from '../packages/core/src/bytes/body-bytes.ts'
import { createSandboxTransport } from '../packages/core/src/upstream/sandbox-transport.ts'
import type { UpstreamReceiver } from '../packages/core/src/upstream/transport.ts'

/** The transport behind a socket, so that the official clients can call it. */
const transport = createSandboxTransport({ paceMs: 1 })
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const receiver: UpstreamReceiver = {
    opened: (control) => response.once('close', control.abort),
    responded: (status, headers) => {
      response.writeHead(status, headers as Record<string, string>).flushHeaders()
    },
    data: (chunk) => response.write(chunk, 'latin1'),
    ended: () => response.end(),
    failed: () => response.destroy(),
  }
  const body = bodyOf(chunks)
  const common = { method: 'POST', origin: 'sandbox://local', headersTimeout: 0, bodyTimeout: 0 } as const
  transport.dispatch({ ...common, path: request.url ?? '', headers: {}, body }, receiver)
})

let openai: OpenAI
let anthropic: Anthropic
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 })
})
afterAll(async () => {
  await transport.close()
  server.closeAllConnections()
  server.close()
})

const messages = [{ role: 'user' as const, content: 'hello big world' }]
const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, unit: { type: 'string' } },
  required: ['city'],
}

describe('Chat Completions, read by the OpenAI client', () => {
  const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }]

  it('echoes as JSON and as a stream, with the same usage', async () => {
    const whole = await openai.chat.completions.create({ model: 'echo', messages })
    const options = { stream_options: { include_usage: true } }
    const streamed = openai.chat.completions.stream({ model: 'echo', messages, ...options })
    const final = await streamed.finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe('hello big world')
    expect(whole.choices[0]?.message.content).toBe('hello big world')
    expect(final.usage).toEqual(whole.usage)
    expect(final.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 })
  })

  it('calls a tool and answers once it has the result', async () => {
    const streamed = openai.chat.completions.stream({ model: 'tools', messages, tools })
    const { choices } = await streamed.finalChatCompletion()
    const [call] = choices[0]?.message.tool_calls ?? []
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    expect(call).toMatchObject({ function: { name: 'weather', arguments: '{"city":"example"}' } })
    if (!choices[0] || !call) throw new Error('No tool was called.')
    const history = [
      ...messages,
      choices[0].message,
      { role: 'tool' as const, tool_call_id: call.id, content: 'sunny' },
    ]
    const whole = await openai.chat.completions.create({ model: 'tools', messages: history, tools })
    expect(whole.choices[0]?.message.content).toBe('The tool said: sunny')
  })

  it('sees each failure as what it is', async () => {
    const ask = (model: string) => openai.chat.completions.create({ model, messages, stream: true })
    const readAll = async (model: string) => {
      for await (const _chunk of await ask(model));
    }
    await expect(ask('fail-429')).rejects.toBeInstanceOf(OpenAI.RateLimitError)
    await expect(ask('fail-500')).rejects.toBeInstanceOf(OpenAI.InternalServerError)
    await expect(ask('nothing')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    await expect(readAll('fail-midstream')).rejects.toMatchObject({ type: 'server_error' })
    await expect(readAll('fail-cut')).rejects.toThrow('terminated')
  })
})

describe('Responses, read by the OpenAI client', () => {
  const tools = [{ type: 'function' as const, name: 'weather', parameters, strict: false }]
  const input = 'hello big world'

  it('echoes as JSON and as a stream, with the same usage', async () => {
    const whole = await openai.responses.create({ model: 'echo', input })
    const final = await openai.responses.stream({ model: 'echo', input }).finalResponse()
    expect([whole.output_text, final.output_text]).toEqual([input, input])
    expect(final.usage).toEqual(whole.usage)
    expect(final.usage).toMatchObject({ input_tokens: 3, output_tokens: 3, total_tokens: 6 })
  })

  it('calls a tool and answers once it has the result', async () => {
    const { output } = await openai.responses.stream({ model: 'tools', input, tools }).finalResponse()
    expect(output).toMatchObject([
      { type: 'function_call', name: 'weather', arguments: '{"city":"example"}' },
    ])
    const [call] = output
    if (call?.type !== 'function_call') throw new Error('No tool was called.')
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' }
    const next = [...messages, call, result]
    const whole = await openai.responses.create({ model: 'tools', input: next, tools })
    expect(whole.output_text).toBe('The tool said: sunny')
  })

  it('sees each failure as what it is', async () => {
    const readAll = async (model: string) => {
      for await (const _event of await openai.responses.create({ model, input, stream: true }));
    }
    await expect(readAll('fail-429')).rejects.toBeInstanceOf(OpenAI.RateLimitError)
    await expect(readAll('fail-midstream')).rejects.toMatchObject({ type: 'server_error' })
    await expect(readAll('fail-cut')).rejects.toThrow('terminated')
    const limited = await openai.responses.create({ model: 'fixed-100', input, max_output_tokens: 9 })
    expect(limited).toMatchObject({ status: 'incomplete', usage: { output_tokens: 9 } })
  })
})

describe('Messages, read by the Anthropic client', () => {
  const tools = [{ name: 'weather', input_schema: parameters }]
  const limit = { max_tokens: 1000 }

  it('echoes as JSON and as a stream, with the same usage', async () => {
    const whole = await anthropic.messages.create({ model: 'echo', messages, ...limit })
    const final = await anthropic.messages.stream({ model: 'echo', messages, ...limit }).finalMessage()
    expect(final.content).toMatchObject([{ type: 'text', text: 'hello big world' }])
    expect(final.usage).toEqual(whole.usage)
    expect(final.usage).toMatchObject({ input_tokens: 3, output_tokens: 3 })
    expect(await anthropic.messages.countTokens({ model: 'echo', messages })).toEqual({ input_tokens: 3 })
  })

  it('calls a tool and answers once it has the result', async () => {
    const called = await anthropic.messages
      .stream({ model: 'tools', messages, tools, ...limit })
      .finalMessage()
    const [call] = called.content
    if (call?.type !== 'tool_use') throw new Error('No tool was called.')
    expect(call).toMatchObject({ name: 'weather', input: { city: 'example' } })
    expect(called.stop_reason).toBe('tool_use')
    const history = [
      ...messages,
      { role: 'assistant' as const, content: called.content },
      {
        role: 'user' as const,
        content: [{ type: 'tool_result' as const, tool_use_id: call.id, content: 'sunny' }],
      },
    ]
    const whole = await anthropic.messages.create({ model: 'tools', messages: history, tools, ...limit })
    expect(whole.content).toMatchObject([{ text: 'The tool said: sunny' }])
  })

  it('sees each failure as what it is', async () => {
    const readAll = (model: string) => anthropic.messages.stream({ model, messages, ...limit }).finalMessage()
    await expect(readAll('fail-429')).rejects.toBeInstanceOf(Anthropic.RateLimitError)
    await expect(readAll('fail-500')).rejects.toBeInstanceOf(Anthropic.InternalServerError)
    await expect(readAll('fail-midstream')).rejects.toMatchObject({ type: 'overloaded_error' })
    await expect(readAll('fail-cut')).rejects.toThrow('terminated')
  })
})

it('T41 embeddings are the same to the client as floats and as base64', async () => {
  const ask = { model: 'embed', input: 'hello', dimensions: 8 }
  const unpacked = await openai.embeddings.create(ask)
  const floats = await openai.embeddings.create({ ...ask, encoding_format: 'float' })
  expect(unpacked.data[0]?.embedding).toEqual(floats.data[0]?.embedding)
  expect(unpacked.data[0]?.embedding).toHaveLength(8)
})

it('a caller that gives up on a stalled answer is let go', async () => {
  const giveUp = openai.chat.completions.create({ model: 'fail-stall', messages }, { timeout: 50 })
  await expect(giveUp).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError)
})
