import Anthropic from '@anthropic-ai/sdk'
import { type ClientKind, type ClientTarget, type OfficialClient, weatherSchema } from './client.ts'
import { saysOverloaded } from './client-providers.ts'

const tools = [{ name: 'weather', input_schema: weatherSchema }]

function create({ url, token, model }: ClientTarget): OfficialClient {
  const { messages } = new Anthropic({ baseURL: url, apiKey: token })
  const from = (content: string): Anthropic.MessageParam => ({ role: 'user', content })
  const base = { model, max_tokens: 256 }
  return {
    ask: async (prompt) => textOf(await messages.create({ ...base, messages: [from(prompt)] })),
    async stream(prompt) {
      let text = ''
      const events = await messages.create({ ...base, messages: [from(prompt)], stream: true })
      for await (const event of events) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text
      }
      return text
    },
    async useTool(prompt) {
      const first = await messages.stream({ ...base, messages: [from(prompt)], tools }).finalMessage()
      const call = first.content.find(({ type }) => type === 'tool_use')
      if (call?.type !== 'tool_use') throw new Error('No tool was called.')
      const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'sunny' }
      const history: Anthropic.MessageParam[] = [
        from(prompt),
        { role: 'assistant', content: first.content },
        { role: 'user', content: [result] },
      ]
      return textOf(await messages.create({ ...base, messages: history, tools }))
    },
  }
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

function see(error: unknown): object {
  if (!(error instanceof Anthropic.APIError)) return { error: String(error) }
  const { status, type } = error
  return { kind: error.constructor.name, status, type }
}

export const anthropicClients: readonly ClientKind[] = [
  {
    name: '@anthropic-ai/sdk',
    create,
    triesOnRateLimit: 3,
    see: see as ClientKind['see'],
    errors: {
      badKey: { kind: 'AuthenticationError', status: 401, type: 'authentication_error' },
      noCredits: { kind: 'PaymentRequiredError', status: 402, type: 'billing_error' },
      unknownModel: { kind: 'NotFoundError', status: 404, type: 'not_found_error' },
      rateLimited: { kind: 'RateLimitError', status: 429, type: 'rate_limit_error' },
      midStream: (provider) => ({
        kind: 'APIError',
        status: undefined,
        type: saysOverloaded(provider) ? 'overloaded_error' : 'api_error',
      }),
      truncated: { kind: 'APIError', status: undefined, type: 'api_error' },
    },
  },
]
