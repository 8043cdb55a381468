import type { Delta, MediaDelta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { BlockWriter } from './block-writer.ts'
import { parseThoughtSignature } from './part-seal.ts'

type Logprobs = readonly JsonObject[] | undefined

/** Takes the parts of an answer's content, one after another. */
export interface PartParser {
  push(part: JsonObject, logprobs: Logprobs): void
  /** The answer has a call of a client's tool. */
  called(): boolean
}

/**
 * @param writer Where text, thinking and calls go.
 * @param emit Where what stands between blocks goes.
 */
export function createPartParser(
  writer: BlockWriter,
  emit: (delta: Delta) => void,
  answerId: () => string,
): PartParser {
  let calls = 0

  /** Calls without an id get one that is the same whenever the answer is read. */
  function startCall({ id, name }: JsonObject, signature: unknown) {
    const made = `call_${answerId()}${answerId() === '' ? '' : '_'}${calls}`
    calls += 1
    const seal = parseThoughtSignature(signature)
    return writer.call(typeof id === 'string' && id !== '' ? id : made, String(name), seal)
  }

  /** A call comes at once, or begins with its name and goes on without it while it says that it will. */
  function pushCall(call: JsonObject, signature: unknown): void {
    const { name, args, partialArgs, willContinue } = call
    const begins = typeof name === 'string' && name !== ''
    const target = begins ? startCall(call, signature) : writer.arguments()
    target?.merge(args)
    if (Array.isArray(partialArgs)) for (const argument of partialArgs) target?.add(argument)
    if (target !== undefined && willContinue !== true) writer.close()
  }

  function pushBetween(delta: Delta): void {
    writer.close()
    emit(delta)
  }

  function pushText({ text, thought, thoughtSignature }: JsonObject, logprobs: Logprobs): void {
    const kind = thought === true ? 'thinking' : 'text'
    writer.write({
      kind,
      text: typeof text === 'string' ? text : '',
      seal: parseThoughtSignature(thoughtSignature),
      logprobs: kind === 'text' ? logprobs : undefined,
    })
  }

  return {
    called: () => calls > 0,
    push(part, logprobs) {
      const { functionCall, inlineData, text, thoughtSignature } = part
      if (isJsonObject(functionCall)) return pushCall(functionCall, thoughtSignature)
      if (typeof text === 'string' || isSealAlone(part)) return pushText(part, logprobs)
      if (Object.keys(part).length === 0) return
      // What it drew while it thought is no part of the answer.
      const media = isJsonObject(inlineData) && part.thought !== true ? mediaOf(inlineData, part) : undefined
      pushBetween(media ?? { type: 'opaque', dialect: 'google-gemini', value: part })
    },
  }
}

function isSealAlone({ thought: _thought, thoughtSignature, ...rest }: JsonObject): boolean {
  return typeof thoughtSignature === 'string' && Object.keys(rest).length === 0
}

/** What a model makes itself; other media are nothing that another dialect could show. */
function mediaOf({ mimeType, data }: JsonObject, { audioTranscription }: JsonObject): MediaDelta | undefined {
  const kind = /^(image|audio)\//.exec(String(mimeType))?.[1]
  if (kind === undefined || typeof data !== 'string') return undefined
  const said = isJsonObject(audioTranscription) ? audioTranscription.text : undefined
  return {
    type: 'media',
    kind: kind === 'image' ? 'image' : 'audio',
    mediaType: String(mimeType),
    data,
    ...(typeof said === 'string' ? { transcript: said } : {}),
  }
}
