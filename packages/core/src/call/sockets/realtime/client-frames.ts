import { bodyOf } from '../../../bytes/body-bytes.ts'
import { isJsonObject, type JsonObject } from '../../../dialects/json.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { Target } from '../../authorize.ts'
import { findMember, readMember, scanMembers } from '../../json-members.ts'
import type { CallServices } from '../../services.ts'
import type { RealtimeMeter } from './realtime-meter.ts'

/** What reads the frames of a client before they go on. */
export interface ClientFrames {
  /**
   * What goes on in a frame's place: the same, but for frames that say how things are to be done, which go on as they
   * were understood here.
   *
   * @throws GatewayError for a frame that may not go on.
   */
  read(text: string): string
}

export interface ClientFramesOptions {
  readonly services: CallServices
  readonly target: Target
  readonly meter: RealtimeMeter
}

/** Frames that choose models, prompts or tools, and the member that does. */
const settings: ReadonlyMap<unknown, string> = new Map([
  ['session.update', 'session'],
  ['transcription_session.update', 'session'],
  ['response.create', 'response'],
])

export function createClientFrames({ services, target, meter }: ClientFramesOptions): ClientFrames {
  const { upstreamId } = target.resolution
  const assertPriced = (model: unknown) => {
    if (target.credential.kind === 'own' || model === undefined) return
    const { provider, entry } = target.resolution
    if (typeof model === 'string' && services.models.pricesOf(provider, model, entry)?.length) return
    throw refused(
      'session.audio.input.transcription.model',
      'This model has no price here and cannot be paid for with credits.',
    )
  }
  const assertAllowed = (chosen: JsonObject) => {
    if (chosen.model !== undefined && chosen.model !== upstreamId)
      throw refused('model', 'The model of a session is the one it was opened with.')
    if (target.credential.kind === 'managed' && (chosen.prompt ?? null) !== null)
      throw refused('prompt', "Prompts live at the provider's account, which others share.")
    assertPriced(transcriptionModel(chosen))
  }
  return {
    read(text) {
      const members = scanMembers(bodyOf([Buffer.from(text)]))
      const audio = findMember(members, 'audio')
      const sound = audio ? audio.end - audio.start : 0
      meter.appended(text.length - sound, sound)
      const name = settings.get(readMember(members, 'type'))
      if (name === undefined) return text
      const chosen = readMember(members, name)
      if (isJsonObject(chosen)) assertAllowed(chosen)
      return JSON.stringify(JSON.parse(text))
    },
  }
}

/** The model that writes down what was said, in either generation of the interface. */
export function transcriptionModel(session: JsonObject): unknown {
  const input = isJsonObject(session.audio) ? session.audio.input : undefined
  const transcription = isJsonObject(input) ? input.transcription : session.input_audio_transcription
  return isJsonObject(transcription) ? transcription.model : undefined
}

function refused(param: string, message: string): GatewayError {
  return new GatewayError({ code: 'unsupported_parameter', message, param })
}
