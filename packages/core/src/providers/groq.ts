import { compatibleProvider, variablesOf } from './compatible.ts'

/** Groq. Streams repeat their usage in `x_groq`. */
export const groq = compatibleProvider({
  id: 'groq',
  displayName: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  environment: variablesOf('GROQ'),
  chatLimitMember: 'max_completion_tokens',
  chatReasoning: 'reasoning',
  strictMessages: true,
  strictSchemas: true,
})
