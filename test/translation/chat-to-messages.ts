import { renderMessagesRequest } from '../../packages/core/src/dialects/anthropic-messages/render-request.ts'
import type { RenderedRequest, RenderTarget } from '../../packages/core/src/dialects/dialect.ts'
import type { JsonObject } from '../../packages/core/src/dialects/json.ts'
import { parseChatRequest } from '../../packages/core/src/dialects/openai-chat/parse-request.ts'
import type { GatewayError } from '../../packages/core/src/errors/gateway-error.ts'
import { anthropic } from '../../packages/core/src/providers/anthropic.ts'

export interface Translation extends Partial<RenderTarget> {
  /** Members of the Chat Completions body; model and messages have defaults. */
  readonly body: JsonObject
}

export const hello = [{ role: 'user', content: 'Hello' }]

/** A Chat Completions body as the Messages body that goes upstream. */
export function translate({ body, ...target }: Translation): RenderedRequest {
  const conversation = parseChatRequest({ model: 'claude', messages: hello, ...body })
  return renderMessagesRequest(conversation, {
    model: 'claude-sonnet-4-5-20250929',
    maxOutputTokens: undefined,
    defaultMaxOutputTokens: 4096,
    strict: false,
    traits: anthropic,
    ...target,
  })
}

/** What the error says with which the translation is refused. */
export function refusal(translation: Translation): Pick<GatewayError, 'code' | 'param' | 'status'> {
  try {
    translate(translation)
  } catch (error) {
    const { code, param, status } = error as GatewayError
    return { code, param, status }
  }
  throw new Error('was not refused')
}

/** The warnings, one line each: `seed dropped`. */
export function warned({ warnings }: RenderedRequest): string[] {
  return warnings.map(({ field, action }) => `${field} ${action}`)
}

export const text = (value: string) => ({ type: 'text', text: value })

export const call = (id: string, name: string, json = '') => ({
  id,
  type: 'function',
  function: { name, arguments: json },
})

export const tool = (name: string, parameters?: JsonObject) => ({
  type: 'function',
  function: { name, parameters },
})
