import type { OpaquePart } from '../../../packages/core/src/dialects/conversation.ts'
import type { WireDialect } from '../../upstream/wire.ts'
import type { Vocabulary } from './vocabulary.ts'

const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh'] as const
const byEffort = efforts.map((effort) => ({ effort }))
const off = { disabled: true } as const
const sampling = ['temperature', 'topP'] as const
const openai = [...sampling, 'logprobs', 'verbosity', 'user', 'cacheKey', 'metadata', 'store'] as const
const penalties = ['seed', 'frequencyPenalty', 'presencePenalty'] as const

const plain: Pick<OpaquePart, 'value'> = {
  value: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
}

export const vocabularies: Readonly<Record<WireDialect, Vocabulary>> = {
  'openai-chat': {
    media: ['image', 'image-url', 'pdf', 'text-file', 'document-file', 'audio'],
    resultMedia: ['image', 'image-url', 'pdf'],
    titles: true,
    detail: true,
    refusals: true,
    failures: true,
    seals: ['anthropic', 'openai'],
    unsealedThinking: true,
    redacted: true,
    callSeals: true,
    customTools: true,
    strictTools: true,
    laterSystem: true,
    manySystemTexts: true,
    cacheTtls: [undefined, '5m', '1h'],
    toolCache: true,
    resultCache: true,
    manyResultTexts: true,
    allowed: ['auto', 'required'],
    formats: ['json-object', 'json-schema'],
    formatMembers: ['name', 'description', 'strict'],
    settings: [
      ...openai,
      ...penalties,
      'topK',
      'stop',
      'choices',
      'modalities',
      'parallelToolCalls',
      'maxOutputTokens',
    ],
    reasoning: [...byEffort, off, { budgetTokens: 5000 }, { budgetTokens: 20_000 }],
    tiers: ['auto', 'default', 'flex', 'priority'],
    opaque: [],
    serverTools: [],
    extensions: {
      logit_bias: { 50256: -100 },
      prediction: { type: 'content', content: 'x' },
      web_search_options: {},
    },
  },
  'openai-responses': {
    media: ['image', 'image-url', 'image-file', 'pdf', 'text-file', 'document-url', 'document-file', 'audio'],
    resultMedia: ['image', 'image-url', 'pdf', 'document-url'],
    titles: true,
    detail: true,
    refusals: true,
    failures: false,
    seals: ['openai'],
    unsealedThinking: false,
    redacted: false,
    callSeals: false,
    customTools: true,
    strictTools: true,
    laterSystem: true,
    manySystemTexts: true,
    cacheTtls: [undefined, '30m', '12h'],
    toolCache: false,
    resultCache: false,
    manyResultTexts: true,
    allowed: ['auto', 'required'],
    formats: ['json-object', 'json-schema'],
    formatMembers: ['name', 'description', 'strict'],
    settings: [...openai, 'parallelToolCalls', 'maxOutputTokens'],
    reasoning: [...byEffort, off, { summary: 'auto' }, { effort: 'high', summary: 'detailed' }],
    tiers: ['auto', 'default', 'flex', 'priority'],
    opaque: [
      {
        role: 'assistant',
        value: {
          type: 'web_search_call',
          id: 'ws_1',
          status: 'completed',
          action: { type: 'search', query: 'x' },
        },
      },
      { role: 'user', value: { type: 'local_shell_call_output', call_id: 'c', output: 'x' } },
    ],
    serverTools: [{ name: 'web_search', value: { type: 'web_search', search_context_size: 'low' } }],
    extensions: {
      max_tool_calls: 3,
      'reasoning.context': 'all',
      include: ['web_search_call.action.sources'],
      truncation: 'auto',
    },
  },
  'anthropic-messages': {
    media: ['image', 'image-url', 'image-file', 'pdf', 'document-url', 'document-file', 'document-text'],
    resultMedia: ['image', 'image-url', 'pdf', 'document-text'],
    titles: true,
    detail: false,
    refusals: false,
    failures: true,
    seals: ['anthropic'],
    unsealedThinking: false,
    redacted: true,
    callSeals: false,
    customTools: false,
    strictTools: true,
    laterSystem: false,
    manySystemTexts: true,
    cacheTtls: [undefined, '5m', '1h'],
    toolCache: true,
    resultCache: true,
    manyResultTexts: true,
    allowed: [],
    formats: ['json-schema'],
    formatMembers: [],
    settings: [...sampling, 'topK', 'stop', 'user', 'parallelToolCalls', 'maxOutputTokens'],
    reasoning: [
      ...byEffort.slice(1),
      off,
      { adaptive: true },
      { adaptive: true, effort: 'high', summary: 'auto' },
      { budgetTokens: 2048 },
    ],
    tiers: ['auto', 'default'],
    limitIsNeeded: true,
    excludes: true,
    opaque: [
      { role: 'assistant', ...plain },
      { role: 'user', value: { type: 'container_upload', file_id: 'file_1' } },
    ],
    serverTools: [
      {
        name: 'web_search_20260209',
        value: { type: 'web_search_20260209', name: 'web_search', max_uses: 3 },
      },
    ],
    extensions: { speed: 'fast', context_management: { edits: [] }, cache_control: { type: 'ephemeral' } },
  },
  'google-gemini': {
    media: ['image', 'image-url', 'document-file', 'pdf', 'text-file', 'document-url', 'audio', 'video'],
    resultMedia: ['image', 'pdf'],
    titles: false,
    detail: false,
    refusals: false,
    failures: true,
    seals: ['google'],
    unsealedThinking: true,
    redacted: false,
    callSeals: true,
    customTools: false,
    strictTools: false,
    laterSystem: false,
    manySystemTexts: true,
    cacheTtls: [],
    toolCache: false,
    resultCache: false,
    manyResultTexts: false,
    allowed: ['auto', 'required'],
    formats: ['json-object', 'json-schema'],
    formatMembers: [],
    settings: [
      ...sampling,
      ...penalties,
      'topK',
      'stop',
      'choices',
      'logprobs',
      'modalities',
      'metadata',
      'store',
      'maxOutputTokens',
    ],
    reasoning: [off, { adaptive: true }, { budgetTokens: 5000 }, { budgetTokens: 20_000, summary: 'auto' }],
    tiers: ['standard', 'flex', 'priority'],
    opaque: [
      { role: 'assistant', value: { executableCode: { language: 'PYTHON', code: 'print(1)' } } },
      { role: 'user', value: { somethingNew: { a: 1 } } },
    ],
    serverTools: [{ name: 'googleSearch', value: { googleSearch: {} } }],
    extensions: {
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      'generationConfig.mediaResolution': 'MEDIA_RESOLUTION_LOW',
      cachedContent: 'cachedContents/1',
    },
  },
}

/** Newer Claude models take instructions within the conversation, and no sampling. */
const newerMessages: Vocabulary = {
  ...vocabularies['anthropic-messages'],
  laterSystem: true,
  settings: ['stop', 'user', 'parallelToolCalls', 'maxOutputTokens'],
}

export interface Source {
  readonly dialect: WireDialect
  /** One that refuses nothing of what the clients say here. */
  readonly model: string
  readonly words: Vocabulary
}

export const sources: readonly Source[] = [
  { dialect: 'openai-chat', model: 'model-1', words: vocabularies['openai-chat'] },
  { dialect: 'openai-responses', model: 'model-1', words: vocabularies['openai-responses'] },
  { dialect: 'anthropic-messages', model: 'claude-opus-4-6', words: vocabularies['anthropic-messages'] },
  { dialect: 'anthropic-messages', model: 'claude-opus-4-8', words: newerMessages },
  { dialect: 'google-gemini', model: 'gemini-2.5-flash', words: vocabularies['google-gemini'] },
]
