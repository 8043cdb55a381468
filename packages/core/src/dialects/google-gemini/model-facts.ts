/** How the reasoning of one family is steered. */
export type ThinkingControl =
  /** `thinkingLevel`, one of these; it cannot be switched off. */
  | { readonly by: 'level'; readonly levels: readonly string[] }
  /** `thinkingBudget`, in tokens. */
  | {
      readonly by: 'budget'
      readonly minimum: number
      readonly maximum: number
      /** A budget of 0 switches it off. */
      readonly canBeOff: boolean
      /** It thinks without being asked to. */
      readonly onByDefault: boolean
    }
  | { readonly by: 'none' }

/** What one family of Gemini models takes and refuses. */
export interface GeminiModelFacts {
  /** Output tokens, thinking included; undefined where the model is not known. */
  readonly maxOutput: number | undefined
  readonly thinking: ThinkingControl
  /** Heeds `temperature`, `topP` and `topK`. */
  readonly sampling: boolean
  /** Takes `presencePenalty` and `frequencyPenalty`. */
  readonly penalties: boolean
  /** Refuses a call of the current turn that comes back without its `thoughtSignature`. */
  readonly signedCalls: boolean
}

const maxOutput = 65_536
const fourLevels = { by: 'level', levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] } as const
const threeLevels = { by: 'level', levels: ['LOW', 'MEDIUM', 'HIGH'] } as const
const budget = { by: 'budget', minimum: 0, maximum: 24_576, canBeOff: true, onByDefault: true } as const

const early: GeminiModelFacts = {
  maxOutput: 8192,
  thinking: { by: 'none' },
  sampling: true,
  penalties: true,
  signedCalls: false,
}
const budgeted: GeminiModelFacts = { ...early, maxOutput, thinking: budget }
const signed: GeminiModelFacts = { ...budgeted, thinking: fourLevels, signedCalls: true }
/** From 3.5 Flash-Lite on custom sampling is ignored and penalties are refused. */
const unsampled: GeminiModelFacts = { ...signed, sampling: false, penalties: false }
const current: GeminiModelFacts = { ...unsampled, thinking: threeLevels }

/**
 * The first that fits counts. As of November 2026, from Google's model pages and developer guides (thinking levels
 * and budgets, thought signatures, migration notes of 3.5 Flash-Lite, 3.6, 3.7 and 3.8 Flash and of Gemini 4).
 */
const families: readonly (readonly [RegExp, GeminiModelFacts])[] = [
  [/^gemini-1\.|^gemini-2\.0/, early],
  // What makes pictures and speech is not steered in its thinking.
  [/^gemini-2\.5-.*(image|tts)/, { ...early, maxOutput: 32_768 }],
  [/^gemini-\d.*(image|tts)/, { ...early, maxOutput: 32_768, signedCalls: true }],
  [
    /^gemini-2\.5-pro/,
    { ...budgeted, thinking: { ...budget, minimum: 128, maximum: 32_768, canBeOff: false } },
  ],
  [/^gemini-2\.5-flash-lite/, { ...budgeted, thinking: { ...budget, minimum: 512, onByDefault: false } }],
  [/^gemini-2\.5/, budgeted],
  [/^gemini-3-pro/, { ...signed, thinking: { by: 'level', levels: ['LOW', 'HIGH'] } }],
  [/^gemini-3\.1-pro/, { ...signed, thinking: threeLevels }],
  [/^gemini-3(\.1)?-/, signed],
  [/^gemini-3\.5-flash-lite|^gemini-3\.6/, unsampled],
  [/^gemini-3\.5/, signed],
  // A Gemini that this table does not know is newer than it. Those of the fourth generation share 1,048,576
  // tokens between input and output.
  [/^gemini-3/, current],
  [/^gemini-\d|^gemini-(flash|pro)/, { ...current, maxOutput: undefined }],
]

/** Other models behind this API take the long-established members. */
const foreign: GeminiModelFacts = { ...early, maxOutput: undefined }

/** What stands in front of a model's own name: `models/`, `publishers/google/models/`, `google/`. */
const prefix = /^.*\//

/**
 * @param model The upstream's own model id, `gemini-3-flash-preview` for instance.
 */
export function geminiModelFacts(model: string): GeminiModelFacts {
  const name = model.replace(prefix, '')
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? foreign
}
