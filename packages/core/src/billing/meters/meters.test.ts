import { describe, expect, test } from 'vitest'
import { recordedLines } from '../../../../../test/upstream/wire.ts'
import { type CountReader, createCountReader, type Fields } from '../counts.ts'
import type { Buckets } from '../usage.ts'
import { mapConverse } from './converse.ts'
import { mapGenerateContent } from './generate-content.ts'
import { mapImages } from './images.ts'
import { mapRealtime } from './realtime.ts'
import { mapTranscription } from './transcription.ts'

function read(map: (usage: Fields, counts: CountReader) => Buckets, usage: Fields) {
  const counts = createCountReader()
  return { buckets: map(usage, counts), anomalies: counts.anomalies() }
}

describe('usage objects of other APIs', () => {
  test.each([
    ['google-tool-call-gemini3', { text_in: 29, text_out: 819 }],
    ['google-stream-no-args-tool-call', { text_in: 249, text_out: 241 }],
  ])('P10 Gemini leaves thoughts out of its candidates: %s', (file, buckets) => {
    const last = recordedLines(`google/${file}.chunks.txt`).at(-1) ?? ''
    expect(read(mapGenerateContent, JSON.parse(last).usageMetadata).buckets).toEqual(buckets)
  })

  test('Gemini: cached audio comes off audio, documents are images, tool results come on top', () => {
    const usage = {
      promptTokenCount: 1000,
      cachedContentTokenCount: 300,
      toolUsePromptTokenCount: 50,
      candidatesTokenCount: 20,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 400 },
        { modality: 'AUDIO', tokenCount: 500 },
        { modality: 'DOCUMENT', tokenCount: 100 },
      ],
      cacheTokensDetails: [
        { modality: 'TEXT', tokenCount: 100 },
        { modality: 'AUDIO', tokenCount: 200 },
      ],
    }
    expect(read(mapGenerateContent, usage)).toEqual({
      buckets: {
        text_in: 350,
        cache_read: 100,
        audio_in: 300,
        audio_cache_read: 200,
        image_in: 100,
        text_out: 20,
      },
      anomalies: undefined,
    })
  })

  test('P9 Bedrock: one-hour writes are only in the details', () => {
    const cacheDetails = [
      { ttl: '1h', inputTokens: 600 },
      { ttl: '5m', inputTokens: 400 },
    ]
    expect(read(mapConverse, { inputTokens: 1, cacheWriteInputTokens: 1000, cacheDetails }).buckets).toEqual({
      text_in: 1,
      cache_write_5m: 400,
      cache_write_1h: 600,
    })
  })

  test('images: details of the output, and cached parts by modality', () => {
    const usage = {
      input_tokens: 100,
      input_tokens_details: { text_tokens: 60, image_tokens: 40 },
      cached_tokens: 30,
      cached_tokens_details: { cached_image_tokens: 10, cached_text_tokens: 20 },
      output_tokens: 500,
      output_tokens_details: { image_tokens: 480, text_tokens: 20 },
    }
    expect(read(mapImages, usage)).toEqual({
      buckets: {
        text_in: 40,
        cache_read: 20,
        image_in: 30,
        image_cache_read: 10,
        text_out: 20,
        image_out: 480,
      },
      anomalies: undefined,
    })
  })

  test('transcription: tokens by modality, or seconds rounded up', () => {
    const tokens = {
      type: 'tokens',
      input_tokens: 14,
      input_token_details: { audio_tokens: 10 },
      output_tokens: 45,
    }
    expect(read(mapTranscription, tokens).buckets).toEqual({ text_in: 4, audio_in: 10, text_out: 45 })
    expect(read(mapTranscription, { type: 'duration', seconds: 60.2 }).buckets).toEqual({ seconds_in: 61 })
  })

  test('realtime: cached tokens without a split are text', () => {
    const usage = { input_tokens: 100, input_token_details: { audio_tokens: 40, cached_tokens: 20 } }
    expect(read(mapRealtime, usage).buckets).toEqual({ text_in: 40, cache_read: 20, audio_in: 40 })
  })
})
