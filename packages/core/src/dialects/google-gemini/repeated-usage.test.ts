import { describe, expect, test } from 'vitest'
import { toWire } from '../../bytes/wire-text.ts'
import { createStreamMeter } from '../../call/stream-meter.ts'
import { googleGemini } from './google-gemini.ts'
import { repeatedUsageStart } from './repeated-usage.ts'

const usage = (output: number) => ({
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: output, totalTokenCount: 7 + output },
})
const text = { candidates: [{ content: { parts: [{ text: 'a' }] }, index: 0 }] }
const searched = { candidates: [{ ...text.candidates[0], groundingMetadata: { webSearchQueries: ['q'] } }] }
const finished = { candidates: [{ finishReason: 'STOP', index: 0 }] }

function framesOf(events: readonly object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join('')
}

/** What is charged, and whether it is of an answer that goes on. */
function read(events: readonly object[]) {
  const meter = createStreamMeter(googleGemini.wire, googleGemini.createUsageReader({}))
  meter.append(toWire(framesOf(events)))
  const { usage: reported } = meter.finish()
  return { ...reported?.buckets, partial: reported?.partial ?? false }
}

const growing = [1, 2, 3].map((output) => ({ ...text, ...usage(output) }))

describe('usage that every event repeats', () => {
  test('is read where it is said last', () => {
    const frames = framesOf([...growing, { ...finished, ...usage(4) }])
    expect(frames.slice(repeatedUsageStart(frames))).toBe(framesOf([{ ...finished, ...usage(4) }]))
  })

  test('counts once, as far as it went', () => {
    const whole = [...growing, { ...finished, ...usage(4) }]
    expect(read(whole)).toEqual({ text_in: 7, text_out: 4, partial: false })
    expect(read(growing)).toEqual({ text_in: 7, text_out: 3, partial: true })
  })

  test('is not lost where the last events have none', () => {
    const silent = { ...finished, usageMetadata: { trafficType: 'ON_DEMAND_FLEX' } }
    expect(read([...growing, silent])).toEqual({ text_in: 7, text_out: 3, partial: false })
    expect(read([{ ...text, ...usage(2) }, text, text])).toEqual({ text_in: 7, text_out: 2, partial: true })
  })

  test('loses no search that an earlier event tells of', () => {
    const events = [{ ...searched, ...usage(1) }, ...growing, { ...finished, ...usage(4) }]
    expect(read(events)).toEqual({ text_in: 7, text_out: 4, web_search: 1, partial: false })
  })

  test('is whole where the reason came before the last counts, and goes on where counts stand alone', () => {
    const whole = [...growing, { ...finished, ...usage(4) }, usage(5)]
    expect(read(whole)).toEqual({ text_in: 7, text_out: 5, partial: false })
    expect(read([...growing, usage(5)])).toEqual({ text_in: 7, text_out: 5, partial: true })
  })
})
