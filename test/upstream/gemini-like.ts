import { elementsOf, type Members, membersOf } from '../../packages/core/src/providers/sandbox/members.ts'
import { readPrompt } from '../../packages/core/src/providers/sandbox/prompt.ts'
import { type Reply, replyTo } from '../../packages/core/src/providers/sandbox/reply.ts'
import { isSandboxModel } from '../../packages/core/src/providers/sandbox/sandbox-models.ts'
import { type Answer, json, stream } from './answer.ts'
import type { RecordedCall } from './upstream.ts'

const endpoint = /\/models\/([^/]+):(generateContent|streamGenerateContent)/

/** What `providerLike` does, in the words of Gemini; undefined for a path that is not Gemini's. */
export function geminiLike(call: RecordedCall): Answer | undefined {
  const [, model, verb] = endpoint.exec(call.path) ?? []
  if (model === undefined) return undefined
  const reply = replyTo(readPrompt(inChatWords(call.json())), isSandboxModel(model) ? model : 'echo')
  if (verb === 'generateContent')
    return reply.breaks === 'error' ? json(503, overloaded) : json(200, whole(reply, model))
  const events = [...chunks(reply, model)].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
  return stream(events, reply.breaks === 'cut' ? { cutAfter: events.length } : {})
}

const overloaded = {
  error: { code: 503, message: 'The sandbox broke off, as asked.', status: 'UNAVAILABLE' },
}

function whole(reply: Reply, model: string): Members {
  return chunkOf(model, partsOf(reply), { reply, finishReason: finishOf(reply) })
}

function* chunks(reply: Reply, model: string): Generator<Members> {
  for (const text of reply.tokens) yield chunkOf(model, [{ text }], {})
  if (reply.breaks === 'error') yield overloaded
  if (reply.breaks) return
  // As the real one does: calls come whole.
  const parts = reply.toolCall ? partsOf(reply) : [{ text: '' }]
  yield chunkOf(model, parts, { reply, finishReason: finishOf(reply) })
}

interface Ending {
  readonly reply?: Reply
  readonly finishReason?: string
}

function chunkOf(modelVersion: string, parts: readonly Members[], { reply, finishReason }: Ending): Members {
  const { inputTokens = 0, outputTokens = 0 } = reply ?? {}
  return {
    candidates: [{ content: { role: 'model', parts }, ...(finishReason && { finishReason }), index: 0 }],
    ...(reply && {
      usageMetadata: {
        promptTokenCount: inputTokens,
        candidatesTokenCount: outputTokens,
        totalTokenCount: inputTokens + outputTokens,
      },
    }),
    modelVersion,
    responseId: 'r-1',
  }
}

const partsOf = ({ toolCall, tokens }: Reply): readonly Members[] =>
  toolCall
    ? [{ functionCall: { name: toolCall.name, args: toolCall.input }, thoughtSignature: 'c2ln' }]
    : [{ text: tokens.join('') }]

const finishOf = ({ finish }: Reply) => (finish === 'length' ? 'MAX_TOKENS' : 'STOP')

/** As the sandbox reads prompts. */
function inChatWords({ contents, systemInstruction, tools, toolConfig, generationConfig }: Members): Members {
  const functions = elementsOf(tools).flatMap((tool) => elementsOf(membersOf(tool).functionDeclarations))
  const { mode } = membersOf(membersOf(toolConfig).functionCallingConfig)
  return {
    messages: [
      { role: 'system', content: elementsOf(membersOf(systemInstruction).parts) },
      ...elementsOf(contents).map(membersOf).flatMap(messagesOf),
    ],
    tools: functions.map((declared) => {
      const { name, parametersJsonSchema, parameters } = membersOf(declared)
      return { type: 'function', function: { name, parameters: parametersJsonSchema ?? parameters } }
    }),
    tool_choice: mode === 'NONE' ? 'none' : 'auto',
    max_tokens: membersOf(generationConfig).maxOutputTokens,
  }
}

function messagesOf({ role, parts }: Members): readonly Members[] {
  return elementsOf(parts)
    .map(membersOf)
    .map(({ text, functionResponse }) =>
      functionResponse === undefined
        ? { role: role === 'model' ? 'assistant' : 'user', content: text ?? '' }
        : { role: 'tool', content: outputOf(membersOf(functionResponse)) },
    )
}

function outputOf({ response }: Members): string {
  const { output, result, content } = membersOf(response)
  return String(output ?? result ?? content ?? JSON.stringify(response))
}
