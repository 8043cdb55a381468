import type { Answer } from '../upstream/answer.ts'
import type { RecordedCall } from '../upstream/upstream.ts'
import { createMessagesCache, type PromptUsage, reportMessages } from './messages-cache.ts'
import { createResponsesCache, type ResponsesPrompt } from './responses-cache.ts'
import type { ScriptedTurn } from './script.ts'
import { listAt, type Members, strictly } from './strict.ts'
import { strictMessages } from './strict-messages.ts'
import { strictResponses } from './strict-responses.ts'

/** A provider that answers a conversation by its script and bills its prompts by the cache that it keeps. */
export interface CachedUpstream<Prompt> {
  readonly respond: (call: RecordedCall) => Answer
  /** Of each answer so far. */
  readonly prompts: Prompt[]
}

interface Billing<Prompt> {
  take(body: Members): Prompt
  /** An event as it is sent. */
  report(event: Members, prompt: Prompt): Members
}

function cachedUpstream<Prompt>(
  strict: (call: RecordedCall) => Answer,
  { take, report }: Billing<Prompt>,
): CachedUpstream<Prompt> {
  const prompts: Prompt[] = []
  const billed = (event: string, prompt: Prompt) =>
    event.replace(
      /^data: (.*)$/m,
      (_line, json) => `data: ${JSON.stringify(report(JSON.parse(json), prompt))}`,
    )
  return {
    prompts,
    respond(call) {
      const answer = strict(call)
      if (answer.kind !== 'stream') return answer
      const prompt = take(call.json())
      prompts.push(prompt)
      const events = [...answer.events].map((event) => billed(String(event), prompt))
      // The model that was asked for is the one that answers.
      return { ...answer, events: events.map((event) => named(event, String(call.json().model))) }
    },
  }
}

const named = (event: string, model: string) =>
  event.replace(/"model":"[^"]*"/, `"model":${JSON.stringify(model)}`)

/** Anthropic, as strict about what comes back to it as about its cache. */
export function cachedMessages(script: readonly ScriptedTurn[]): CachedUpstream<PromptUsage> {
  const { take } = createMessagesCache()
  const turnOf = ({ messages }: Members) =>
    listAt(messages, 'messages').filter(({ role }) => role === 'assistant').length
  return cachedUpstream(strictly(strictMessages, { script, turnOf }), { take, report: reportInMessages })
}

function reportInMessages(event: Members, prompt: PromptUsage): Members {
  const { cache_creation, service_tier, ...counts } = reportMessages(prompt)
  const { message, usage } = event as { message?: { usage: Members }; usage?: Members }
  if (message)
    return {
      ...event,
      message: { ...message, usage: { ...message.usage, ...counts, cache_creation, service_tier } },
    }
  return usage ? { ...event, usage: { ...usage, ...counts } } : event
}

/** OpenAI's Responses, which store nothing. */
export function cachedResponses(script: readonly ScriptedTurn[]): CachedUpstream<ResponsesPrompt> {
  const { take } = createResponsesCache()
  return cachedUpstream(strictly(strictResponses, { script }), { take, report: reportInResponses })
}

function reportInResponses(event: Members, { input, cached }: ResponsesPrompt): Members {
  const { response } = event as { response?: { usage: { output_tokens: number } | null } }
  if (!response?.usage) return event
  const { usage } = response
  return {
    ...event,
    response: {
      ...response,
      usage: {
        ...usage,
        input_tokens: input,
        input_tokens_details: { cached_tokens: cached },
        total_tokens: input + usage.output_tokens,
      },
    },
  }
}
