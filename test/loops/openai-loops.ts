import OpenAI from 'openai'
import { type LoopClient, type LoopTarget, untilDone } from './loop-client.ts'
import { question, runTool, thanks, toolNames, toolSchemas } from './script.ts'

const connect = ({ url, token }: LoopTarget) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 })

async function chat(target: LoopTarget): Promise<readonly string[]> {
  const { completions } = connect(target).chat
  const messages: OpenAI.ChatCompletionMessageParam[] = []
  const request = {
    model: target.models[0],
    messages,
    reasoning_effort: 'medium' as const,
    tools: toolNames.map((name) => ({
      type: 'function' as const,
      function: { name, parameters: toolSchemas[name] },
    })),
  }
  const ask = async () => {
    const { choices } = target.streaming
      ? await completions.stream(request).finalChatCompletion()
      : await completions.create(request)
    const message = choices[0]?.message
    if (!message) throw new Error('No message.')
    messages.push(message)
    return message
  }
  const answerCalls = ({ tool_calls: calls = [] }: OpenAI.ChatCompletionMessage) => {
    // Whichever tool is ready first.
    for (const call of calls.toReversed()) {
      if (call.type !== 'function') throw new Error(call.type)
      const content = runTool(call.function.name, JSON.parse(call.function.arguments))
      messages.push({ role: 'tool', tool_call_id: call.id, content })
    }
    return calls.length > 0
  }
  const say = async (content: string) => {
    messages.push({ role: 'user', content })
    return (await untilDone(ask, answerCalls)).content ?? ''
  }
  const answer = await say(question)
  request.model = target.models[1]
  return [answer, await say(thanks)]
}

async function responses(target: LoopTarget): Promise<readonly string[]> {
  const client = connect(target).responses
  const input: OpenAI.Responses.ResponseInput = []
  const request = {
    model: target.models[0],
    input,
    store: false,
    include: ['reasoning.encrypted_content' as const],
    reasoning: { effort: 'medium' as const, summary: 'auto' as const },
    tools: toolNames.map((name) => ({
      type: 'function' as const,
      name,
      parameters: toolSchemas[name],
      strict: false,
    })),
  }
  const ask = async () => {
    const answer = target.streaming
      ? await client.stream(request).finalResponse()
      : await client.create(request)
    input.push(...(answer.output as OpenAI.Responses.ResponseInput))
    return answer
  }
  const answerCalls = ({ output }: OpenAI.Responses.Response) => {
    const calls = output.filter((item) => item.type === 'function_call')
    for (const { call_id, name, arguments: json } of calls.toReversed())
      input.push({ type: 'function_call_output', call_id, output: runTool(name, JSON.parse(json)) })
    return calls.length > 0
  }
  const say = async (content: string) => {
    input.push({ role: 'user', content })
    return (await untilDone(ask, answerCalls)).output_text
  }
  const answer = await say(question)
  request.model = target.models[1]
  return [answer, await say(thanks)]
}

export const openaiLoops: readonly LoopClient[] = [
  { name: 'openai, Chat Completions', run: chat },
  { name: 'openai, Responses', run: responses },
]
