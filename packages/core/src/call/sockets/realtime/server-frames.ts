import { createCountReader } from '../../../billing/counts.ts'
import { mapRealtime } from '../../../billing/meters/realtime.ts'
import { mapTranscription } from '../../../billing/meters/transcription.ts'
import { reportUsage } from '../../../billing/reported-usage.ts'
import { isJsonObject, type JsonObject } from '../../../dialects/json.ts'
import { transcriptionModel } from './client-frames.ts'
import type { RealtimeMeter, SoundFormat } from './realtime-meter.ts'
import type { Turns } from './turns.ts'

/** Reads what a provider sends, for what it costs. */
export interface ServerFrames {
  read(text: string): void
  /** Responses that have begun and not ended. */
  underWay(): number
}

export function createServerFrames(turns: Turns, meter: RealtimeMeter): ServerFrames {
  let begun = 0
  let writer = 'unknown'
  const finish = ({ response }: JsonObject) => {
    begun = Math.max(0, begun - 1)
    const { usage, status } = isJsonObject(response) ? response : {}
    if (!isJsonObject(usage)) {
      turns.unreported(status === 'failed')
      return
    }
    const counts = createCountReader()
    const buckets = mapRealtime(usage, counts)
    const reported = reportUsage({ buckets }, { usage, quirks: {}, counts })
    meter.reported(buckets)
    turns.finished(reported, status === 'failed' ? 'failed' : 'succeeded')
  }
  const written = ({ usage }: JsonObject) => {
    if (!isJsonObject(usage)) return
    turns.pass({ model: writer, buckets: mapTranscription(usage, createCountReader()) })
    if (begun === 0) {
      turns.begun()
      turns.finished({ buckets: {}, source: 'provider' }, 'succeeded')
    }
  }
  const settle = ({ session }: JsonObject) => {
    if (!isJsonObject(session)) return
    const model = transcriptionModel(session)
    if (typeof model === 'string') writer = model
    meter.formats(soundFormat(session, 'input'), soundFormat(session, 'output'))
  }
  const deliver = ({ delta }: JsonObject, isSound: boolean) => {
    const size = typeof delta === 'string' ? delta.length : 0
    meter.delivered(isSound ? 0 : size, isSound ? size : 0)
    turns.grown()
  }
  return {
    underWay: () => begun,
    read(text) {
      const event: unknown = parse(text)
      if (!isJsonObject(event) || typeof event.type !== 'string') return
      const { type } = event
      if (type === 'response.created') {
        begun += 1
        meter.begun()
        turns.begun()
      } else if (type === 'response.done') finish(event)
      else if (type === 'conversation.item.input_audio_transcription.completed') written(event)
      else if (type === 'session.created' || type === 'session.updated') settle(event)
      // What is said is told in words as well, and both are billed.
      else if (type.startsWith('response.') && type.endsWith('.delta'))
        deliver(event, /audio\.delta$/.test(type))
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** In either generation of the interface. */
function soundFormat(session: JsonObject, side: 'input' | 'output'): SoundFormat {
  const audio = isJsonObject(session.audio) ? session.audio[side] : undefined
  const format = isJsonObject(audio) ? audio.format : session[`${side}_audio_format`]
  return /g711|pcm[ua]/.test(JSON.stringify(format ?? '')) ? 'g711' : 'pcm'
}
