import type { Modality, ModelEntry, ModelFeature } from '../model.ts'

/** What a call asks of whoever is to serve it. */
export interface Needs {
  /** What is in the input, or declared, beside text. */
  readonly input: ReadonlySet<Modality>
  readonly features: ReadonlySet<ModelFeature>
  /** Tokens of input: no fewer than `least`, for all that is known, and probably about `likely`. */
  readonly inputTokens: { readonly least: number; readonly likely: number }
  /** The client's own limit. */
  readonly outputTokens: number | undefined
  /** The context window that was asked for in so many words. */
  readonly contextWindow: number | undefined
}

/** Why a model cannot serve a call, in words that go behind its name: `takes no images`. */
export type UnmetNeed = string

const takes: Readonly<Record<Modality, string>> = {
  text: 'takes no text',
  image: 'takes no images',
  pdf: 'takes no PDF files',
  audio: 'takes no audio',
  video: 'takes no video',
}
const lacks: Readonly<Record<ModelFeature, string>> = {
  tools: 'calls no tools',
  schema: 'does not answer by a JSON schema',
  reasoning: 'does not reason',
}

/**
 * The first need that a model is known not to meet; undefined where it meets them all, or nobody knows. Facts alone
 * rule a model out that somebody named: what is not known is left to its provider to refuse.
 *
 * @example
 * unmetNeed(needs, models.find('openai', 'gpt-3.5-turbo')) // 'takes no images'
 */
export function unmetNeed(needs: Needs, entry: ModelEntry | undefined): UnmetNeed | undefined {
  if (entry === undefined) return undefined
  for (const kind of needs.input) if (isLacking(entry, kind)) return takes[kind]
  for (const feature of needs.features) if (entry.features?.[feature] === false) return lacks[feature]
  return unmetSize(needs, entry, needs.inputTokens.least)
}

/**
 * The same for a model that nobody named: it has to be known to take what is sent, and large enough for what is
 * likely to be sent.
 */
export function doubtfulNeed(needs: Needs, entry: ModelEntry): UnmetNeed | undefined {
  for (const kind of needs.input) if (!entry.input.includes(kind)) return takes[kind]
  for (const feature of needs.features) if (entry.features?.[feature] === false) return lacks[feature]
  return unmetSize(needs, entry, needs.inputTokens.likely)
}

/** Where a catalogue tells of pictures and of nothing else, other files may be taken all the same. */
function isLacking({ input, inputIsWhole }: ModelEntry, kind: Modality): boolean {
  if (input.length === 0 || input.includes(kind)) return false
  return inputIsWhole === true || kind === 'image' || kind === 'text' || input.some(isFile)
}

const isFile = (kind: Modality) => kind === 'pdf' || kind === 'audio' || kind === 'video'

function unmetSize(needs: Needs, entry: ModelEntry, inputTokens: number): UnmetNeed | undefined {
  const { contextWindow, maxInputTokens = contextWindow, maxOutputTokens } = entry
  if (
    contextWindow !== undefined &&
    needs.contextWindow !== undefined &&
    contextWindow < needs.contextWindow
  ) {
    return `has a context window of ${contextWindow} tokens`
  }
  if (maxInputTokens !== undefined && maxInputTokens < inputTokens) {
    return `takes ${maxInputTokens} tokens of input at most`
  }
  if (maxOutputTokens !== undefined && needs.outputTokens !== undefined) {
    if (maxOutputTokens < needs.outputTokens) return `writes ${maxOutputTokens} tokens at most`
  }
  return undefined
}
