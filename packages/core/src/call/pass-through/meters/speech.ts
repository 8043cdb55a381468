import { estimateTokens } from '../../../billing/estimate.ts'
import { textField } from './fields.ts'
import type { Meter, PassedRequest } from './meter.ts'

/**
 * Audio tokens for a byte of text: 1,250 a minute, as its maker's price by the minute says, at 15 letters a second.
 * Scripts of three bytes a letter are spoken a third as fast.
 */
const tokensPerByte = 1.4
/** Slow voices, pauses that were asked for. */
const boundFactor = 3
const frameTokens = 256

const spokenBytes = (request: PassedRequest) => Buffer.byteLength(textField(request, 'input'))
const writtenBytes = (request: PassedRequest) =>
  spokenBytes(request) + Buffer.byteLength(textField(request, 'instructions'))

function audioTokens(request: PassedRequest): number {
  const asked = request.field('speed')
  const speed = typeof asked === 'number' && asked > 0 ? Math.min(4, Math.max(0.25, asked)) : 1
  return Math.ceil((spokenBytes(request) * tokensPerByte) / speed)
}

/** Speech, by its usage where it comes as events, and otherwise by the length of its text: sound says nothing. */
export const speechMeter: Meter = {
  kind: 'speech',
  bound: (request) => ({
    text_in: writtenBytes(request) + frameTokens,
    audio_out: boundFactor * audioTokens(request) + frameTokens,
  }),
  estimate: (request, _row, delivered) => ({
    text_in: estimateTokens(writtenBytes(request)),
    audio_out: delivered ? audioTokens(request) : 0,
  }),
}
