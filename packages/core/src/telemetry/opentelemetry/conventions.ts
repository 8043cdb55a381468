import type { EndedAttempt } from '../telemetry.ts'

/** Providers that the conventions have another name for. */
const providerNames: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  vertex: 'gcp.vertex_ai',
  xai: 'x_ai',
}

export function providerName(id: string): string {
  return providerNames[id] ?? id
}

/** Dialects that are something else than a chat. */
const operations: Readonly<Record<string, string>> = {
  'google-gemini': 'generate_content',
  'openai-completions': 'text_completion',
  'openai-embeddings': 'embeddings',
}

export function operationName(dialect: string): string {
  return operations[dialect] ?? 'chat'
}

/** What class of error an attempt ended with; undefined for one that did not. */
export function errorType({ event }: EndedAttempt): string | undefined {
  if (!event.isError) return undefined
  return event.errorCode ?? (event.statusCode >= 400 ? String(event.statusCode) : event.completion)
}
