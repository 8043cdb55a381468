import { type Content, type GenerateContentResponse, GoogleGenAI, type Part } from '@google/genai'
import { type LoopClient, type LoopTarget, untilDone } from './loop-client.ts'
import { question, runTool, thanks, toolNames, toolSchemas } from './script.ts'

const connect = ({ url, token }: LoopTarget) =>
  new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: url } })

const config = {
  thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 },
  tools: [
    {
      functionDeclarations: toolNames.map((name) => ({ name, parametersJsonSchema: toolSchemas[name] })),
    },
  ],
}

/** Keeps the contents itself, those of a stream as they came. */
async function contentsLoop(target: LoopTarget): Promise<readonly string[]> {
  const { models } = connect(target)
  const contents: Content[] = []
  const request = { model: target.models[0], contents, config }
  const ask = async () => {
    const turn = (
      await answersOf(
        target.streaming ? models.generateContentStream(request) : models.generateContent(request),
      )
    ).flatMap(contentOf)
    contents.push(...turn)
    return turn.flatMap(({ parts = [] }) => parts)
  }
  const answerCalls = (parts: Part[]) => {
    const results = resultsOf(parts)
    if (results.length > 0) contents.push({ role: 'user', parts: results })
    return results.length > 0
  }
  const say = async (text: string) => {
    contents.push({ role: 'user', parts: [{ text }] })
    return textOf(await untilDone(ask, answerCalls))
  }
  const answer = await say(question)
  request.model = target.models[1]
  return [answer, await say(thanks)]
}

/** Lets the client keep the history. */
async function chatLoop(target: LoopTarget): Promise<readonly string[]> {
  const { chats } = connect(target)
  const [model, next] = target.models
  let chat = chats.create({ model, config })
  let message: Part[] = []
  const ask = async () =>
    (await answersOf(target.streaming ? chat.sendMessageStream({ message }) : chat.sendMessage({ message })))
      .flatMap(contentOf)
      .flatMap(({ parts = [] }) => parts)
  const answerCalls = (parts: Part[]) => {
    message = resultsOf(parts)
    return message.length > 0
  }
  const say = async (text: string) => {
    message = [{ text }]
    return textOf(await untilDone(ask, answerCalls))
  }
  const answer = await say(question)
  if (next !== model) chat = chats.create({ model: next, config, history: chat.getHistory() })
  return [answer, await say(thanks)]
}

async function answersOf(
  answer: Promise<GenerateContentResponse | AsyncIterable<GenerateContentResponse>>,
): Promise<readonly GenerateContentResponse[]> {
  const given = await answer
  if (!(Symbol.asyncIterator in given)) return [given]
  const chunks: GenerateContentResponse[] = []
  for await (const chunk of given) chunks.push(chunk)
  return chunks
}

function contentOf({ candidates }: GenerateContentResponse): readonly Content[] {
  const content = candidates?.[0]?.content
  return content === undefined ? [] : [content]
}

function resultsOf(parts: readonly Part[]): Part[] {
  return parts.flatMap(({ functionCall }) => {
    if (functionCall === undefined) return []
    const { id, name = '', args } = functionCall
    return [{ functionResponse: { ...(id && { id }), name, response: { output: runTool(name, args) } } }]
  })
}

const textOf = (parts: readonly Part[]) =>
  parts.map(({ text = '', thought }) => (thought ? '' : text)).join('')

export const googleLoops: readonly LoopClient[] = [
  { name: '@google/genai, contents', run: contentsLoop },
  { name: '@google/genai, a chat', run: chatLoop },
]
