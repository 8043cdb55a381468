import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { type ClientKind, type ClientTarget, type OfficialClient, weatherSchema } from './client.ts'
import { failureCodes } from './client-providers.ts'

const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: weatherSchema } }]

function create({ url, token, model }: ClientTarget): OfficialClient {
  // Its six retries take a minute of growing waits.
  const chat = new ChatOpenAI({
    model,
    apiKey: token,
    maxRetries: 1,
    configuration: { baseURL: `${url}/v1` },
  })
  return {
    ask: async (prompt) => (await chat.invoke(prompt)).text,
    async stream(prompt) {
      let text = ''
      for await (const chunk of await chat.stream(prompt)) text += chunk.text
      return text
    },
    async useTool(prompt) {
      const withTools = chat.bindTools(tools)
      const asked = new HumanMessage(prompt)
      const first = await withTools.invoke([asked])
      const [call] = first.tool_calls ?? []
      if (typeof call?.args.city !== 'string' || !call.id) throw new Error('No tool was called.')
      const result = new ToolMessage({ tool_call_id: call.id, content: 'sunny' })
      return (await withTools.invoke([asked, first, result])).text
    },
  }
}

function see(error: unknown): object {
  const { status, code, lc_error_code: category } = error as Record<string, unknown>
  return { kind: (error as object).constructor.name, status, code, category }
}

const inStream = { kind: 'APIError', status: undefined, category: undefined }

export const langchainClients: readonly ClientKind[] = [
  {
    name: '@langchain/openai',
    create,
    triesOnRateLimit: 2,
    see: see as ClientKind['see'],
    errors: {
      badKey: {
        kind: 'AuthenticationError',
        status: 401,
        code: 'invalid_api_key',
        category: 'MODEL_AUTHENTICATION',
      },
      noCredits: { kind: 'APIError', status: 402, code: 'insufficient_credits', category: undefined },
      unknownModel: {
        kind: 'NotFoundError',
        status: 404,
        code: 'model_not_found',
        category: 'MODEL_NOT_FOUND',
      },
      rateLimited: {
        kind: 'RateLimitError',
        status: 429,
        code: 'rate_limit_exceeded',
        category: 'MODEL_RATE_LIMIT',
      },
      midStream: (provider) => ({ ...inStream, code: failureCodes[provider] }),
      truncated: { ...inStream, code: 'upstream_stream_truncated' },
    },
  },
]
