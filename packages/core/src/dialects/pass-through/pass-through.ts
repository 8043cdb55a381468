import { mapImages } from '../../billing/meters/images.ts'
import { mapTranscription } from '../../billing/meters/transcription.ts'
import type { UsageReader } from '../../billing/usage.ts'
import type { PassThroughId } from '../../providers/dialect-id.ts'
import type { Dialect } from '../dialect.ts'
import { chatWire } from '../openai-chat/wire.ts'
import { createMediaUsageReader, mapSpeech } from './usage.ts'

/** Endpoints whose answers report nothing. */
const reportsNothing = (): UsageReader => ({ read() {}, result: () => undefined })

function passThrough(id: PassThroughId, createUsageReader: Dialect['createUsageReader']): Dialect {
  return { id, family: 'openai', upstreamPath: () => '', wire: chatWire, createUsageReader }
}

/** What is passed on as it is: nobody translates it, and of its answers only the usage is read. */
export const passThroughDialects: Readonly<Record<PassThroughId, Dialect>> = {
  'openai-images': passThrough('openai-images', createMediaUsageReader(mapImages)),
  'openai-speech': passThrough('openai-speech', createMediaUsageReader(mapSpeech)),
  'openai-transcriptions': passThrough('openai-transcriptions', createMediaUsageReader(mapTranscription)),
  'openai-moderations': passThrough('openai-moderations', reportsNothing),
  'openai-realtime': passThrough('openai-realtime', reportsNothing),
  'openai-resources': passThrough('openai-resources', reportsNothing),
}
