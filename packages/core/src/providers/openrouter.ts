import { compatibleProvider, variablesOf } from './compatible.ts'
import { openai } from './openai.ts'

/** OpenRouter. What it reports as cost is what it charged, because its prices vary with the route. */
export const openrouter = compatibleProvider({
  id: 'openrouter',
  displayName: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  environment: variablesOf('OPENROUTER'),
  dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'openai-completions'],
  forwardedHeaders: ['anthropic-beta', 'anthropic-version', 'idempotency-key', 'http-referer', 'x-title'],
  quirks: { reportsCost: true },
  keepsNothing: true,
  chatReasoning: 'reasoning',
  hidesReasoning(upstreamId) {
    const [vendor, model = ''] = upstreamId.split('/')
    return vendor === 'openai' ? openai.hidesReasoning(model) : vendor === 'google' || vendor === 'x-ai'
  },
})
