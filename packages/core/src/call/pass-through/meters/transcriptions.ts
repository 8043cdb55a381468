import type { RateRow } from '../../../billing/price.ts'
import type { Buckets } from '../../../billing/usage.ts'
import { notMetered, textField } from './fields.ts'
import type { Meter, PassedRequest } from './meter.ts'

/** Bytes of one second of sound: of the thinnest recordings of speech, and of usual ones. */
const secondBytes = { least: 1000, usual: 16_000 }
/** What models that bill by the token take at most. */
const longestSeconds = 1500
const audioTokensPerSecond = 10
/** Fast speakers, and times for each word. */
const textTokensPerSecond = 6
const frameTokens = 256

function ofSeconds(seconds: number, request: PassedRequest, row: RateRow): Buckets {
  if (row.seconds_in !== undefined) return { seconds_in: seconds }
  const heard = Math.min(seconds, longestSeconds)
  return {
    text_in: Buffer.byteLength(textField(request, 'prompt')) + frameTokens,
    audio_in: heard * audioTokensPerSecond,
    text_out: heard * textTokensPerSecond + frameTokens,
  }
}

function recordingsMeter(formats: readonly string[], otherwise: string): Meter {
  return {
    kind: 'transcription',
    assertMetered(request) {
      const format = textField(request, 'response_format') || otherwise
      if (formats.includes(format)) return
      const known = formats.map((name) => `"${name}"`).join(' or ')
      throw notMetered(
        'response_format',
        `In the format "${format.slice(0, 32)}" an answer does not say what it consumed; with credits, ask for ${known}.`,
      )
    },
    bound: (request, row) => ofSeconds(Math.ceil(request.bytes / secondBytes.least), request, row),
    estimate: (request, row) => ofSeconds(Math.ceil(request.bytes / secondBytes.usual), request, row),
  }
}

/** Transcriptions, by the seconds or the tokens that their answers report. */
export const transcriptionsMeter: Meter = recordingsMeter(['json', 'verbose_json', 'diarized_json'], 'json')

/** Of translations only the longest form says how long the recording was. */
export const translationsMeter: Meter = recordingsMeter(['verbose_json'], 'json')
