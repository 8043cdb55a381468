import { compatibleProvider, variablesOf } from './compatible.ts'

/** Mistral. Its usage is on the last chunk, asked for or not, and members it does not know are refused. */
export const mistral = compatibleProvider({
  id: 'mistral',
  displayName: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  environment: variablesOf('MISTRAL'),
  dialects: ['openai-chat', 'openai-embeddings'],
  streamOptions: false,
  strictMessages: true,
  strictSchemas: true,
  refusedMembers: ['logit_bias', 'logprobs', 'top_logprobs', 'user', 'store', 'service_tier', 'verbosity'],
})
