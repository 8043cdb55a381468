import type { DialectId } from './dialect-id.ts'
import type { ProviderDefinition } from './provider.ts'

const dialects: readonly DialectId[] = [
  'openai-chat',
  'openai-responses',
  'openai-embeddings',
  'openai-completions',
]
/** What a model reasoned comes back sealed in Responses alone, so that its next turn can go on from it. */
const reasoningFirst: readonly DialectId[] = ['openai-responses', ...dialects]

/** OpenAI's own API. `OPENAI_BASE_URL` holds the version segment, as OpenAI's clients expect it to. */
export const openai: ProviderDefinition = {
  id: 'openai',
  displayName: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  environment: { apiKey: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
  dialects,
  dialectsOf: (upstreamId) => (reasons.test(upstreamId) ? reasoningFirst : dialects),
  countsTokens: ['openai-responses'],
  credentialHeader: 'bearer',
  defaultHeaders: {},
  forwardedHeaders: ['openai-beta', 'idempotency-key'],
  quirks: {},
  chatLimitMember: 'max_completion_tokens',
  hidesReasoning: (upstreamId) => !showsEverything.test(upstreamId),
  streamOptions: true,
  developerRole: true,
  strictMessages: true,
  strictSchemas: true,
}

/** Those that are known to; of other names a compatible server may stand behind the address. */
const reasons = /^(ft:)?(gpt-[5-9](?!.*-chat)|o\d|codex)/

/** The families from before reasoning, fine-tuned ones too; every later one may reason out of sight. */
const showsEverything = /^(ft:)?(gpt-4|gpt-3\.5|chatgpt-4o|davinci|babbage)/
