import OpenAI from 'openai'
import { type ClientKind, type ClientTarget, type OfficialClient, weatherSchema } from './client.ts'
import { type ClientProvider, failureCodes } from './client-providers.ts'

type Message = OpenAI.ChatCompletionMessageParam

const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: weatherSchema } }]
const from = (content: string): Message => ({ role: 'user', content })

function createChat({ url, token, model }: ClientTarget): OfficialClient {
  const { chat } = new OpenAI({ baseURL: `${url}/v1`, apiKey: token })
  const complete = (messages: Message[]) => chat.completions.create({ model, messages, tools })
  return {
    async ask(prompt) {
      const { choices } = await chat.completions.create({ model, messages: [from(prompt)] })
      return choices[0]?.message.content ?? ''
    },
    async stream(prompt) {
      let text = ''
      const chunks = await chat.completions.create({ model, messages: [from(prompt)], stream: true })
      for await (const { choices } of chunks) text += choices[0]?.delta.content ?? ''
      return text
    },
    async useTool(prompt) {
      const first = await chat.completions
        .stream({ model, messages: [from(prompt)], tools })
        .finalChatCompletion()
      const message = first.choices[0]?.message
      const [call] = message?.tool_calls ?? []
      if (!message || call?.type !== 'function') throw new Error('No tool was called.')
      if (typeof JSON.parse(call.function.arguments).city !== 'string') throw new Error('No city was named.')
      const result: Message = { role: 'tool', tool_call_id: call.id, content: 'sunny' }
      const { choices } = await complete([from(prompt), message, result])
      return choices[0]?.message.content ?? ''
    },
  }
}

function createResponses({ url, token, model }: ClientTarget): OfficialClient {
  const { responses } = new OpenAI({ baseURL: `${url}/v1`, apiKey: token })
  const responseTools = [
    { type: 'function' as const, name: 'weather', parameters: weatherSchema, strict: false },
  ]
  return {
    ask: async (input) => (await responses.create({ model, input })).output_text,
    async stream(input) {
      let text = ''
      for await (const event of await responses.create({ model, input, stream: true })) {
        if (event.type === 'response.output_text.delta') text += event.delta
      }
      return text
    },
    async useTool(input) {
      const { output } = await responses.stream({ model, input, tools: responseTools }).finalResponse()
      const call = output.find(({ type }) => type === 'function_call')
      if (call?.type !== 'function_call') throw new Error('No tool was called.')
      const result = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' }
      const next = [
        { role: 'user' as const, content: input },
        ...(output as OpenAI.Responses.ResponseInputItem[]),
        result,
      ]
      return (await responses.create({ model, input: next, tools: responseTools })).output_text
    },
  }
}

function see(error: unknown): object {
  if (!(error instanceof OpenAI.APIError)) return { error: String(error) }
  const { status, code, type } = error
  return { kind: error.constructor.name, status, code, type }
}

const errors = {
  badKey: {
    kind: 'AuthenticationError',
    status: 401,
    code: 'invalid_api_key',
    type: 'authentication_error',
  },
  noCredits: { kind: 'APIError', status: 402, code: 'insufficient_credits', type: 'insufficient_quota' },
  unknownModel: {
    kind: 'NotFoundError',
    status: 404,
    code: 'model_not_found',
    type: 'invalid_request_error',
  },
  rateLimited: {
    kind: 'RateLimitError',
    status: 429,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
  },
  midStream: (provider: ClientProvider['id']) => ({
    kind: 'APIError',
    status: undefined,
    code: failureCodes[provider],
    type: 'server_error',
  }),
  truncated: { kind: 'APIError', status: undefined, code: 'upstream_stream_truncated', type: 'api_error' },
}

const chat: ClientKind = {
  name: 'openai, Chat Completions',
  create: createChat,
  see: see as ClientKind['see'],
  errors,
  triesOnRateLimit: 3,
}

export const openaiClients: readonly ClientKind[] = [
  chat,
  { ...chat, name: 'openai, Responses', create: createResponses },
]
