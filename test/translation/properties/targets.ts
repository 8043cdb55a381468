import type { RenderTarget } from '../../../packages/core/src/dialects/dialect.ts'
import type { WireDialect } from '../../upstream/wire.ts'
import { plainTraits } from '../translation.ts'
import {
  amount,
  asEffort,
  budgets,
  chat,
  efforts,
  gemini,
  into,
  keptFile,
  type Losses,
  messages,
  ofOpenAi,
  openAiChat,
  penalties,
  reasoning,
  responses,
  same,
  samples,
  seals,
  thoughts,
  wrapped,
} from './losses.ts'

export interface Target extends Pick<RenderTarget, 'model' | 'traits'> {
  readonly dialect: WireDialect
  /** By the kinds of facts; what is not in here survives. */
  readonly losses: Losses
  /** Of one source alone, because only its clients can mean it so. */
  readonly from?: Partial<Record<WireDialect, Losses>>
}

/** Providers and models of every dialect, and what each of them cannot be told. */
export const targets: readonly Target[] = [
  {
    dialect: 'openai-chat',
    model: 'gpt-4.1',
    traits: ofOpenAi,
    losses: {
      ...openAiChat,
      ...same('warned', ...reasoning, 'adaptive thinking'),
      'no thinking': 'hint',
    },
    from: { 'openai-responses': keptFile },
  },
  {
    dialect: 'openai-chat',
    model: 'gpt-5.2',
    traits: ofOpenAi,
    losses: {
      ...openAiChat,
      ...asEffort,
      ...same('warned', ...samples, ...penalties, 'logprobs', 'effort minimal'),
    },
    from: { 'openai-responses': keptFile },
  },
  {
    dialect: 'openai-chat',
    model: 'model-1',
    traits: { ...plainTraits, chatReasoning: 'reasoning_content' },
    losses: {
      ...chat,
      ...wrapped,
      ...asEffort,
      ...Object.fromEntries(thoughts.map((kind) => [kind, into('thinking of nobody')])),
      ...same('hint', ...seals, 'no thinking', 'tier auto', 'tier default', 'tier standard'),
      ...same(
        'warned',
        'effort minimal',
        'effort xhigh',
        'metadata',
        'verbosity',
        'store on',
        'strict tool',
        'strict format',
      ),
      refusal: into('assistant text'),
    },
  },
  {
    dialect: 'openai-responses',
    model: 'gpt-4.1',
    traits: ofOpenAi,
    losses: {
      ...responses,
      ...same('warned', ...reasoning, 'adaptive thinking', 'verbosity'),
      'no thinking': 'hint',
    },
    from: { 'openai-chat': keptFile },
  },
  {
    dialect: 'openai-responses',
    model: 'gpt-5.6',
    traits: ofOpenAi,
    losses: {
      ...responses,
      ...asEffort,
      ...same('warned', 'temperature', 'topP', 'logprobs', 'effort minimal'),
    },
    from: { 'openai-chat': keptFile },
  },
  {
    dialect: 'openai-responses',
    model: 'model-1',
    traits: plainTraits,
    losses: {
      ...responses,
      ...wrapped,
      ...asEffort,
      ...same('warned', 'effort minimal', 'effort xhigh', 'strict tool', 'strict format'),
      'no thinking': 'hint',
    },
    from: { 'openai-chat': keptFile },
  },
  {
    dialect: 'anthropic-messages',
    model: 'claude-opus-4-6',
    traits: plainTraits,
    losses: {
      ...messages,
      ...same('kept or warned', ...samples, ...efforts, ...budgets, amount),
      ...same('warned', 'place of later instructions', 'effort xhigh'),
      'effort minimal': into('effort low'),
    },
  },
  {
    dialect: 'anthropic-messages',
    model: 'claude-opus-5-5',
    traits: plainTraits,
    losses: {
      ...messages,
      ...same(
        'warned',
        ...samples,
        ...budgets,
        'no thinking',
        'choice required',
        'choice tool',
        'choice allowed required',
      ),
      [amount]: 'kept or warned',
      'place of later instructions': 'kept or warned',
    },
  },
  {
    dialect: 'google-gemini',
    model: 'gemini-2.5-flash',
    traits: plainTraits,
    losses: {
      ...gemini,
      ...Object.fromEntries(efforts.map((effort) => [effort, into(amount)])),
      'result image': into('user image'),
      'result image by address': into('user image by address'),
      'result pdf': into('user pdf'),
      'result document by address': into('user document by address'),
    },
  },
  {
    dialect: 'google-gemini',
    model: 'gemini-3-pro-preview',
    traits: plainTraits,
    losses: {
      ...gemini,
      ...same('kept or warned', 'call', 'wrapped call'),
      ...same('warned', ...budgets, 'effort medium', 'effort xhigh', 'no thinking'),
      ...same('hint', 'adaptive thinking'),
      'effort minimal': into('effort low'),
    },
  },
]
