import type { Conversation } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import {
  booleanMember,
  countMember,
  invalidMember,
  memberOf,
  numberMember,
  type Place,
  placeMember,
  requiredString,
  stringMember,
  unsupportedMember,
} from '../members.ts'
import { parseStop } from '../openai-chat/parse-stop.ts'
import { withoutAbsent } from '../without-absent.ts'

const understood = new Set([
  'model',
  'prompt',
  'max_tokens',
  'temperature',
  'top_p',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'stop',
  'n',
  'best_of',
  'echo',
  'suffix',
  'stream',
  'stream_options',
  'user',
])

/** What the API writes where nobody says how much. */
const defaultMaxTokens = 16

/**
 * A Completions body as a hub conversation of one message.
 *
 * @throws GatewayError `unsupported_parameter` for what a chat cannot do: several prompts, tokens in place of text,
 * text to insert before a suffix.
 */
export function parseCompletionsRequest(body: JsonObject): Conversation {
  const place: Place = { value: body, path: '' }
  refuseImpossible(place)
  const options = placeMember(place, 'stream_options')
  const extensions = Object.entries(body).filter(([name, value]) => value !== null && !understood.has(name))
  return {
    dialect: 'openai-completions',
    model: requiredString(place, 'model'),
    messages: [
      { role: 'user', path: 'prompt', parts: [{ type: 'text', text: readPrompt(place), path: 'prompt' }] },
    ],
    tools: [],
    stream: booleanMember(place, 'stream') ?? false,
    maxOutputTokens: countMember(place, 'max_tokens') ?? defaultMaxTokens,
    extensions: new Map(extensions),
    ...withoutAbsent({
      temperature: numberMember(place, 'temperature'),
      topP: numberMember(place, 'top_p'),
      seed: numberMember(place, 'seed'),
      frequencyPenalty: numberMember(place, 'frequency_penalty'),
      presencePenalty: numberMember(place, 'presence_penalty'),
      stop: parseStop(place),
      choices: countMember(place, 'n'),
      includeUsage: options && booleanMember(options, 'include_usage'),
      user: stringMember(place, 'user'),
    }),
  }
}

function readPrompt(place: Place): string {
  const prompt = memberOf(place, 'prompt')
  const [only, second] = Array.isArray(prompt) ? prompt : [prompt]
  if (typeof only === 'string' && second === undefined) return only
  if (typeof only !== 'string' && !Array.isArray(prompt)) throw invalidMember('prompt', 'a string')
  throw unsupportedMember('prompt', 'This model takes one prompt a call, as text.')
}

function refuseImpossible(place: Place): void {
  if (stringMember(place, 'suffix')) throw unsupportedMember('suffix', 'This model cannot insert text.')
  if ((countMember(place, 'best_of') ?? 1) > 1)
    throw unsupportedMember('best_of', 'This model gives one answer a call; `best_of` must be 1.')
  if (booleanMember(place, 'echo')) throw unsupportedMember('echo', 'This model does not repeat its prompt.')
}
