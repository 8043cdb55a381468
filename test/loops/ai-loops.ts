import { type AnthropicProviderOptions, createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  streamText,
  tool,
} from 'ai'
import type { LoopClient, LoopTarget } from './loop-client.ts'
import { question, runTool, thanks, toolNames, toolSchemas } from './script.ts'

const tools = Object.fromEntries(
  toolNames.map((name) => [
    name,
    tool({
      inputSchema: jsonSchema<Record<string, unknown>>(toolSchemas[name]),
      execute: async (args) => runTool(name, args),
    }),
  ]),
)

const providerOptions = {
  openai: {
    store: false,
    reasoningEffort: 'medium',
    reasoningSummary: 'auto',
    include: ['reasoning.encrypted_content'],
    forceReasoning: true,
  },
  tollgate: { reasoningEffort: 'medium' },
  anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } } satisfies AnthropicProviderOptions,
  google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } },
}

async function run(
  [first, next]: readonly [LanguageModel, LanguageModel],
  streaming: boolean,
): Promise<readonly string[]> {
  const messages: ModelMessage[] = []
  const request = { model: first, tools, providerOptions, messages, maxRetries: 0, stopWhen: isStepCount(5) }
  const say = async (content: string) => {
    messages.push({ role: 'user', content })
    const answer = streaming ? await streamed(request) : await generateText(request)
    messages.push(...answer.responseMessages)
    return answer.text
  }
  const answer = await say(question)
  request.model = next
  return [answer, await say(thanks)]
}

/** Its promises tell of no error but the last; the parts of the stream do. */
async function streamed(request: Parameters<typeof streamText>[0]) {
  const answer = streamText({ ...request, onError() {} })
  for await (const part of answer.fullStream) if (part.type === 'error') throw part.error
  return { text: await answer.text, responseMessages: await answer.responseMessages }
}

type Open = (target: Pick<LoopTarget, 'url' | 'token'> & { readonly model: string }) => LanguageModel

const client = (name: string, open: Open): LoopClient => ({
  name,
  run: ({ models: [first, next], streaming, ...target }) =>
    run([open({ ...target, model: first }), open({ ...target, model: next })], streaming),
})

const responses: Open = ({ url, token, model }) =>
  createOpenAI({ baseURL: `${url}/v1`, apiKey: token })(model)
const chat: Open = ({ url, token, model }) =>
  createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).chat(model)
const compatible: Open = ({ url, token, model }) =>
  createOpenAICompatible({ name: 'tollgate', baseURL: `${url}/v1`, apiKey: token })(model)
const anthropic: Open = ({ url, token, model }) =>
  createAnthropic({ baseURL: `${url}/v1`, apiKey: token })(model)
const google: Open = ({ url, token, model }) =>
  createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: token })(model)

export const aiLoops: readonly LoopClient[] = [
  client('ai with @ai-sdk/openai, Responses', responses),
  { ...client('ai with @ai-sdk/openai, Chat Completions', chat), lossy: true },
  { ...client('ai with @ai-sdk/openai-compatible', compatible), lossy: true },
  client('ai with @ai-sdk/anthropic', anthropic),
  client('ai with @ai-sdk/google', google),
]
