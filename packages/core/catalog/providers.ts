/** What the catalogue takes from its inputs, provider by provider. */
export interface CatalogProvider {
  readonly id: string
  /** Rows to take from the price history, by their ids; 'all' where the overlay sorts out the rest. */
  readonly seed: 'all' | readonly string[]
  /** Records to take from the list of newer models. */
  readonly newer: 'all' | readonly string[]
}

/** Disputed prices (`mistral-large-latest`, `mistral-small-latest`, `deepseek-chat`) are left out on purpose. */
export const providers: readonly CatalogProvider[] = [
  { id: 'anthropic', seed: 'all', newer: 'all' },
  { id: 'deepseek', seed: [], newer: [] },
  {
    id: 'google',
    seed: [
      'gemini-2.5-flash',
      'gemini-2.5-flash-lite',
      'gemini-2.5-pro',
      'gemini-3-flash-preview',
      'gemini-3.1-flash-lite',
      'gemini-3.1-pro-preview',
      'gemini-3.5-flash',
      'gemini-3.5-flash-lite',
      'gemini-3.6-flash',
      'gemini-3.7-flash',
      'gemini-3.8-flash',
      'gemini-embedding-001',
    ],
    newer: [
      'gemini-2.5-flash',
      'gemini-2.5-flash-lite',
      'gemini-2.5-pro',
      'gemini-3-flash-preview',
      'gemini-3.1-flash-lite',
      'gemini-3.1-pro-preview',
      'gemini-3.5-flash',
      'gemini-3.5-flash-lite',
      'gemini-3.6-flash',
      'gemini-3.7-flash',
      'gemini-3.8-flash',
      'gemini-4-argon',
    ],
  },
  {
    id: 'groq',
    seed: [
      'llama-3.1-8b-instant',
      'llama-3.3-70b-versatile',
      'meta-llama/llama-4-maverick-17b-128e-instruct',
      'meta-llama/llama-4-scout-17b-16e-instruct',
      'moonshotai/kimi-k2-instruct',
      'openai/gpt-oss-20b',
      'qwen/qwen3-32b',
    ],
    newer: [
      'llama-3.1-8b-instant',
      'llama-3.3-70b-versatile',
      'openai/gpt-oss-120b',
      'openai/gpt-oss-20b',
      'openai/gpt-oss-safeguard-20b',
      'qwen/qwen3.6-27b',
    ],
  },
  {
    id: 'mistral',
    seed: [
      'codestral-2508',
      'devstral-2512',
      'ministral-14b-2512',
      'ministral-3b-2512',
      'ministral-8b-2512',
      'mistral-large-2512',
      'mistral-small-2603',
    ],
    newer: [
      'codestral-2508',
      'devstral-2512',
      'ministral-14b-2512',
      'ministral-3b-2512',
      'ministral-8b-2512',
      'mistral-large-2512',
      'mistral-large-4',
      'mistral-medium-2508',
      'mistral-medium-2604',
      'mistral-small-2603',
    ],
  },
  { id: 'openai', seed: 'all', newer: 'all' },
  {
    id: 'xai',
    seed: [
      'grok-3',
      'grok-3-mini',
      'grok-4-0709',
      'grok-4-1-fast-non-reasoning',
      'grok-4-1-fast-reasoning',
      'grok-4-fast-non-reasoning',
      'grok-4-fast-reasoning',
      'grok-4.20',
      'grok-4.3',
      'grok-4.5',
      'grok-4.6',
      'grok-code-fast-1',
    ],
    newer: ['grok-4.3', 'grok-4.5', 'grok-4.6', 'grok-4.7'],
  },
]
