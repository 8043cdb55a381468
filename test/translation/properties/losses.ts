import { plainTraits } from '../translation.ts'

/**
 * What becomes of something that the target cannot say as it is: the client is warned, the call is refused with a
 * `param`, it is a hint that changes no answer and goes without a word, or it is said in another way.
 */
export type Loss = 'warned' | 'kept or warned' | 'refused' | 'hint' | { readonly becomes: string }

export type Losses = Readonly<Record<string, Loss>>

export const same = (loss: Loss, ...kinds: readonly string[]): Losses =>
  Object.fromEntries(kinds.map((kind) => [kind, loss]))
export const into = (becomes: string): Loss => ({ becomes })
export const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh'].map((effort) => `effort ${effort}`)
export const budgets = [2048, 5000, 20_000].map((budget) => `thinking budget ${budget}`)
export const amount = 'amount of thinking'
export const seals = ['anthropic', 'openai', 'google'].map((origin) => `seal of ${origin}`)
export const thoughts = ['anthropic', 'openai', 'google', 'nobody'].map((origin) => `thinking of ${origin}`)
export const reasoning = [...efforts, ...budgets, amount]
export const samples = ['temperature', 'topP', 'topK']
export const penalties = ['frequencyPenalty', 'presencePenalty']

/** What only one dialect knows, and hints. */
const everywhere: Losses = {
  ...same('warned', 'opaque', 'server tool'),
  ...same('warned', 'extension logit_bias', 'extension prediction', 'extension web_search_options'),
  ...same('warned', 'extension max_tool_calls', 'extension reasoning.context'),
  ...same('warned', 'extension speed', 'extension context_management', 'extension cache_control'),
  ...same('warned', 'extension safetySettings', 'extension generationConfig.mediaResolution'),
  ...same('warned', 'extension include', 'extension truncation', 'extension cachedContent'),
  ...same('hint', 'cacheKey', 'format name', 'thinking shown', 'store', 'modalities'),
  ...same('hint', 'cache mark', 'cache mark of a tool', 'call signed by google'),
  'tool out of choice': into('tool out of choice'),
  ...same('refused', 'choices', 'user image by id', 'user document by id', 'user video'),
}

/** Tools that take free text, where only functions are known. */
export const wrapped: Losses = {
  'free tool': into('tool'),
  'free call': into('wrapped call'),
  'tool out of choice': 'hint',
  grammar: 'hint',
  'choice allowed auto': 'hint',
  'choice allowed required': into('choice required'),
}

/** A budget as the effort that is nearest. */
export const asEffort: Losses = {
  'thinking budget 2048': into('effort low'),
  'thinking budget 5000': into('effort medium'),
  'thinking budget 20000': into('effort high'),
  'adaptive thinking': 'hint',
}

const documents: Losses = {
  'user document of text': into('user text'),
  'result document of text': into('result text'),
  'title of text': into('user text or result text'),
}

export const chat: Losses = {
  ...everywhere,
  ...documents,
  ...same('hint', 'extension include', 'extension truncation'),
  ...same('refused', 'extension cachedContent', 'user document by address', 'result document by address'),
  ...same('warned', ...thoughts, ...seals, 'topK'),
  'title of text file': into('user text or result text'),
  'user text file': into('user text'),
  'result image': into('user image'),
  'result image by address': into('user image by address'),
  'result pdf': into('user pdf'),
  failure: into('error text'),
  'tier standard': into('tier default'),
}

export const ofOpenAi = {
  ...plainTraits,
  chatLimitMember: 'max_completion_tokens',
  developerRole: true,
  strictSchemas: true,
} as const

/** OpenAI keeps files for both of its dialects, and knows their names. */
export const keptFile: Losses = {
  'user document by id': into('user document by id'),
  'title of file': 'hint',
}

export const openAiChat: Losses = {
  ...chat,
  ...same('kept or warned', 'metadata', 'strict tool', 'strict format'),
}

export const responses: Losses = {
  ...everywhere,
  ...documents,
  ...same('warned', ...penalties, 'topK', 'seed', 'stop', 'store on', 'title of url'),
  ...same(
    'warned',
    'thinking of anthropic',
    'thinking of google',
    'thinking of nobody',
    'seal of anthropic',
    'seal of google',
  ),
  ...same('kept or warned', 'strict tool', 'strict format', 'thinking of openai', 'seal of openai'),
  title: into('title'),
  failure: into('error text'),
  'tier standard': into('tier default'),
}

export const messages: Losses = {
  ...everywhere,
  ...wrapped,
  ...same(
    'warned',
    ...penalties,
    'seed',
    'logprobs',
    'verbosity',
    'metadata',
    'store on',
    'json object',
    'tier flex',
  ),
  ...same(
    'warned',
    'thinking of openai',
    'thinking of google',
    'thinking of nobody',
    'seal of openai',
    'seal of google',
  ),
  ...same('refused', 'user audio'),
  ...same('kept or warned', 'strict tool'),
  ...same('hint', 'detail', 'strict format', 'adaptive thinking'),
  'json schema': into('json schema'),
  'format description': into('json schema'),
  'tool schema': into('tool schema'),
  'user text file': into('user document of text'),
  'title of text file': into('title of text'),
  maxOutputTokens: into('maxOutputTokens'),
  refusal: into('assistant text'),
  'effort minimal': into('effort low'),
  'tier priority': into('tier auto'),
  'tier standard': into('tier default'),
}

export const gemini: Losses = {
  ...everywhere,
  ...documents,
  ...wrapped,
  ...same('warned', 'user', 'verbosity', 'store on', 'parallelToolCalls', 'place of later instructions'),
  ...same('warned', 'title', 'title of url', 'title of text file'),
  ...same(
    'warned',
    'thinking of anthropic',
    'thinking of openai',
    'thinking of nobody',
    'seal of anthropic',
    'seal of openai',
  ),
  ...same('hint', 'detail', 'strict format', 'strict tool', 'tier auto', 'adaptive thinking'),
  'choice allowed auto': into('choice allowed auto'),
  'choice allowed required': into('choice allowed required'),
  'tool out of choice': into('tool out of choice'),
  'json schema': into('json schema'),
  'format description': into('json schema'),
  refusal: into('assistant text'),
  'call signed by google': into('call signed by google'),
  'tier default': into('tier standard'),
  modalities: into('modalities'),
}
