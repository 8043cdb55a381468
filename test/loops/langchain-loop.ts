import {
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { type LoopClient, type LoopTarget, untilDone } from './loop-client.ts'
import { question, runTool, thanks, toolNames, toolSchemas } from './script.ts'

const tools = toolNames.map((name) => ({
  type: 'function' as const,
  function: { name, parameters: toolSchemas[name] },
}))

async function joined(chunks: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let message: AIMessageChunk | undefined
  for await (const chunk of chunks) message = message === undefined ? chunk : message.concat(chunk)
  if (message === undefined) throw new Error('No message.')
  return message
}

async function run({ url, token, models, streaming }: LoopTarget): Promise<readonly string[]> {
  const connect = (model: string) =>
    new ChatOpenAI({
      model,
      apiKey: token,
      maxRetries: 0,
      reasoning: { effort: 'medium' },
      configuration: { baseURL: `${url}/v1` },
    }).bindTools(tools)
  let chat = connect(models[0])
  const messages: BaseMessage[] = []
  const ask = async () => {
    const message = streaming ? await joined(await chat.stream(messages)) : await chat.invoke(messages)
    messages.push(message)
    return message
  }
  const answerCalls = ({ tool_calls: calls = [] }: AIMessage) => {
    for (const { id = '', name, args } of calls)
      messages.push(new ToolMessage({ tool_call_id: id, content: runTool(name, args) }))
    return calls.length > 0
  }
  const say = async (content: string) => {
    messages.push(new HumanMessage(content))
    return (await untilDone(ask, answerCalls)).text
  }
  const answer = await say(question)
  chat = connect(models[1])
  return [answer, await say(thanks)]
}

export const langchainLoop: LoopClient = { name: '@langchain/openai', lossy: true, run }
