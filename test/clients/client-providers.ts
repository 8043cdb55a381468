import type { ProviderOptions } from '@tollgate/core'

/** A provider whose models the clients call. */
export interface ClientProvider {
  /** What it speaks. */
  readonly name: string
  readonly id: 'openai' | 'anthropic' | 'chat' | 'responses' | 'gemini'
  readonly model: string
  /** For three tokens in and three out, and six at the fee's $0.05 a million. */
  readonly charge: string
}

/** At $1 and $2 a million. */
const charge = '0.000009300'

/** Every dialect, and OpenAI's own provider, which chooses between two of them. */
export const clientProviders: readonly ClientProvider[] = [
  { name: "OpenAI's", id: 'openai', model: 'gpt-4o', charge: '0.000037800' },
  { name: "Anthropic's", id: 'anthropic', model: 'claude-sonnet-4-6', charge: '0.000054300' },
  { name: 'Chat Completions alone', id: 'chat', model: 'chat:gpt-4o', charge },
  { name: 'Responses alone', id: 'responses', model: 'responses:gpt-4o', charge },
  { name: 'Gemini alone', id: 'gemini', model: 'gemini:gemini-2.5-flash', charge },
]

const price = { input: '1.00', output: '2.00' }
/** The scripted provider does what the last three say. */
const models = {
  'gpt-4o': { price },
  'gemini-2.5-flash': { price },
  tools: { price },
  'fail-midstream': { price },
  'fail-cut': { price },
}

/** All of them at the address of one scripted provider. */
export function providersAt(url: string): Record<ClientProvider['id'], ProviderOptions> {
  const local = { apiKey: 'sk-local', baseUrl: `${url}/v1`, models }
  return {
    openai: { ...local, models: withoutCatalogued },
    anthropic: { ...local, baseUrl: url, models: withoutCatalogued },
    chat: { ...local, dialects: ['openai-chat'] },
    responses: { ...local, dialects: ['openai-responses'] },
    gemini: { ...local, baseUrl: `${url}/v1beta`, dialects: ['google-gemini'] },
  }
}

const { 'gpt-4o': _gpt, 'gemini-2.5-flash': _gemini, ...withoutCatalogued } = models

/** Their own words for a failure in mid-stream. */
export const failureCodes: Readonly<Record<ClientProvider['id'], string>> = {
  openai: 'server_error',
  chat: 'server_error',
  responses: 'server_error',
  anthropic: 'overloaded_error',
  gemini: 'UNAVAILABLE',
}

/** Those that speak of their failures as OpenAI does do not say that they are overloaded. */
export function saysOverloaded(id: ClientProvider['id']): boolean {
  return failureCodes[id] !== 'server_error'
}
