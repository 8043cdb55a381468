import { chatWording } from './chat-wording.ts'
import { embeddingsBody } from './embeddings.ts'
import { type ErrorFamily, failureAnswer } from './failures.ts'
import { type Members, membersOf } from './members.ts'
import { messagesWording } from './messages-wording.ts'
import { readPrompt } from './prompt.ts'
import { replyTo } from './reply.ts'
import { responsesWording } from './responses-wording.ts'
import {
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  streamAnswer,
  type Wording,
} from './sandbox-answer.ts'
import { isSandboxModel, type SandboxModel } from './sandbox-models.ts'

interface Endpoint {
  readonly family: ErrorFamily
  readonly serves: 'text' | 'vectors'
  /** A member the provider insists on. */
  readonly required?: string
  answer(call: Call): SandboxAnswer
}

interface Call {
  readonly model: SandboxModel
  readonly family: ErrorFamily
  readonly body: Members
  readonly request: SandboxRequest
}

const endpoints: Readonly<Record<string, Endpoint>> = {
  '/chat/completions': { family: 'openai', serves: 'text', answer: (call) => converse(call, chatWording) },
  '/responses': { family: 'openai', serves: 'text', answer: (call) => converse(call, responsesWording) },
  '/messages': {
    family: 'anthropic',
    serves: 'text',
    required: 'max_tokens',
    answer: (call) => converse(call, messagesWording),
  },
  '/messages/count_tokens': {
    family: 'anthropic',
    serves: 'text',
    answer: ({ body }) => jsonAnswer({ input_tokens: readPrompt(body).inputTokens }),
  },
  '/embeddings': {
    family: 'openai',
    serves: 'vectors',
    answer: ({ body, model }) => jsonAnswer(embeddingsBody(body), model === 'fail-cut'),
  },
}

/**
 * Answers a request as the sandbox provider: what to say, not when. Pacing, pausing and breaking connections
 * are the carrier's part.
 *
 * @example
 * const body = JSON.stringify({ model: 'echo', messages: [{ role: 'user', content: 'hello' }] })
 * answerSandbox({ path: '/v1/chat/completions', body, id: 'one', created: 0 })
 */
export function answerSandbox(request: SandboxRequest): SandboxAnswer {
  const { model } = parseMembers(request.body) ?? {}
  if (isSandboxModel(model)) return answerAs(model, request)
  const message =
    typeof model === 'string' ? `The sandbox has no model "${model}".` : 'The body must be JSON with a model.'
  const family = endpointOf(request.path)?.family ?? 'openai'
  return failureAnswer(family, typeof model === 'string' ? 'notFound' : 'invalid', message)
}

/** Answers as the given model whatever model the body names; the answer then bears the body's name. */
export function answerAs(model: SandboxModel, request: SandboxRequest): SandboxAnswer {
  const endpoint = endpointOf(request.path)
  if (!endpoint) return failureAnswer('openai', 'notFound', `The sandbox has no ${request.path}.`)
  const { family, required } = endpoint
  const body = parseMembers(request.body)
  if (!body) return failureAnswer(family, 'invalid', 'The body must be a JSON object.')
  if (model === 'fail-429') {
    return failureAnswer(family, 'rateLimit', 'Rate limit exceeded. Please try again in 0.5s.')
  }
  if (model === 'fail-500') return failureAnswer(family, 'server', 'The sandbox failed, as asked.')
  if (model === 'fail-stall') return { kind: 'stall' }
  if ((model === 'embed') !== (endpoint.serves === 'vectors') && !model.startsWith('fail-')) {
    return failureAnswer(family, 'invalid', `The model "${model}" does not answer ${request.path}.`)
  }
  if (required && body[required] === undefined) {
    return failureAnswer(family, 'invalid', `${required}: Field required`)
  }
  return endpoint.answer({ model, family, body, request })
}

function endpointOf(path: string): Endpoint | undefined {
  const [pathname = ''] = path.split('?')
  const suffix = Object.keys(endpoints).find((end) => pathname.endsWith(end))
  return suffix === undefined ? undefined : endpoints[suffix]
}

function converse({ model, family, body, request }: Call, wording: Wording): SandboxAnswer {
  const reply = replyTo(readPrompt(body), model)
  const { id, created } = request
  const includeUsage = membersOf(body.stream_options).include_usage === true
  const context = { id, created, model: String(body.model), includeUsage }
  const cut = reply.breaks === 'cut'
  if (body.stream === true) return streamAnswer(wording.stream(reply, context), cut)
  if (reply.breaks !== 'error') return jsonAnswer(wording.json(reply, context), cut)
  return failureAnswer(family, 'overloaded', 'The sandbox is overloaded, as asked.')
}

function parseMembers(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? membersOf(value) : undefined
  } catch {
    return undefined
  }
}
