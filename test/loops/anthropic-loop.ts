import Anthropic from '@anthropic-ai/sdk'
import { type LoopClient, type LoopTarget, untilDone } from './loop-client.ts'
import { question, runTool, thanks, toolNames, toolSchemas } from './script.ts'

async function run({ url, token, models, streaming }: LoopTarget): Promise<readonly string[]> {
  const client = new Anthropic({ baseURL: url, apiKey: token, maxRetries: 0 }).messages
  const messages: Anthropic.MessageParam[] = []
  const request = {
    model: models[0],
    messages,
    max_tokens: 4096,
    thinking: { type: 'enabled' as const, budget_tokens: 2048 },
    tools: toolNames.map((name) => ({ name, input_schema: toolSchemas[name] })),
  }
  const ask = async () => {
    const { content } = streaming ? await client.stream(request).finalMessage() : await client.create(request)
    messages.push({ role: 'assistant', content })
    return content
  }
  const answerCalls = (content: Anthropic.ContentBlock[]) => {
    const calls = content.filter((block) => block.type === 'tool_use').toReversed()
    const results = calls.map(({ id, name, input }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: runTool(name, input),
    }))
    if (results.length > 0) messages.push({ role: 'user', content: results })
    return results.length > 0
  }
  const say = async (content: string) => {
    messages.push({ role: 'user', content })
    const blocks = await untilDone(ask, answerCalls)
    return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
  }
  const answer = await say(question)
  request.model = models[1]
  return [answer, await say(thanks)]
}

export const anthropicLoop: LoopClient = { name: '@anthropic-ai/sdk', run }
