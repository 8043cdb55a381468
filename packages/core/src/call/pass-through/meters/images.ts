import { estimateTokens } from '../../../billing/estimate.ts'
import { countField, isTrue, notMetered, textField } from './fields.ts'
import type { Meter, PassedRequest } from './meter.ts'

/** Tokens of one picture in the largest of the usual sizes, by quality. */
const pictureTokens = new Map([
  ['low', 408],
  ['medium', 1584],
  ['high', 6240],
])
const largestPicture = 6240
const usualPicture = 1584
const usualPixels = 1536 * 1024
/** Models from before whose table this is; of others nobody has said, so they get room. */
const tabled = /^gpt-image-1(\.|-|$)/
const untabledFactor = 4

/** Tokens that a picture in the request stands for: at most, with high fidelity, and as usual. */
const givenPicture = { most: 6500, usual: 323 }
/** One of the pictures that are shown on the way. */
const partialTokens = 100
const frameTokens = 1024

const choices = (request: PassedRequest) => countField(request, 'n', { from: 1, to: 10, otherwise: 1 })
const promptBytes = (request: PassedRequest) => Buffer.byteLength(textField(request, 'prompt'))

function enlarged(request: PassedRequest, tokens: number): number {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(textField(request, 'size')) ?? []
  const factor = Math.max(1, (Number(width ?? 0) * Number(height ?? 0)) / usualPixels)
  return Math.ceil(tokens * factor)
}

/** Pictures, by the tokens that they are made of. */
export const imagesMeter: Meter = {
  kind: 'images',
  assertMetered(request) {
    if (isTrue(request, 'stream') && choices(request) > 1)
      throw notMetered('n', 'Several pictures in one stream do not say together what they consumed.')
  },
  bound(request, row) {
    const quality = textField(request, 'quality')
    const factor = tabled.test(request.model) ? 1 : untabledFactor
    const tokens = factor * enlarged(request, pictureTokens.get(quality) ?? largestPicture)
    const partial = countField(request, 'partial_images', { from: 0, to: 3, otherwise: 0 })
    return {
      text_in: promptBytes(request) + frameTokens,
      image_in: request.files * givenPicture.most,
      image_out: choices(request) * (tokens + partial * partialTokens),
      ...(row.text_out !== undefined && { text_out: frameTokens }),
    }
  },
  estimate(request, _row, delivered) {
    const tokens = pictureTokens.get(textField(request, 'quality')) ?? usualPicture
    return {
      text_in: estimateTokens(promptBytes(request)),
      image_in: request.files * givenPicture.usual,
      image_out: delivered ? choices(request) * enlarged(request, tokens) : 0,
    }
  },
}
