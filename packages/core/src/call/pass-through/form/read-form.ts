import type { Readable } from 'node:stream'
import { asBuffer } from '../../../bytes/as-buffer.ts'
import { bodyTooLarge } from '../../../exchange/body-limit.ts'
import { type BilledFields, createBilledFields } from './billed-fields.ts'
import { createFormScanner } from './form-scanner.ts'

/** A form of which is known what it asks for. */
export interface ReadForm {
  readonly fields: BilledFields
  /** What has been read of it. */
  readonly held: readonly Buffer[]
  /** Where the name of the model stands in `held`; undefined where there is none. */
  readonly model: { readonly start: number; readonly end: number } | undefined
  /** What has not, read as it is asked for; undefined when nothing is left. It throws what the form does wrong. */
  readonly rest: AsyncIterable<Buffer> | undefined
}

export interface FormOptions {
  readonly boundary: string
  /** Bytes, of all of it. */
  readonly limit: number
  /**
   * The files may pass unread once the model is known. Otherwise, and where the model comes behind a file, the form is
   * kept until its end: what its price depends on may come last.
   */
  readonly passesFiles: boolean
}

/**
 * Reads a form as far as its price needs.
 *
 * @throws GatewayError, as a rejection, `invalid_request` or `request_too_large`.
 */
export async function readForm(source: Readable, options: FormOptions): Promise<ReadForm> {
  const fields = createBilledFields()
  const held: Buffer[] = []
  let model: ReadForm['model']
  let isReady = false
  let length = 0
  const scanner = createFormScanner(options.boundary, {
    part(head) {
      fields.part(head)
      if (head.isFile && options.passesFiles && fields.value('model') !== undefined) isReady = true
    },
    field({ name, value, start, end }) {
      fields.field(name, value)
      if (name === 'model') model = { start, end }
    },
  })
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const next = async (): Promise<Buffer | undefined> => {
    const { value, done } = await chunks.next()
    if (done) {
      scanner.finish()
      return undefined
    }
    const chunk = asBuffer(value)
    length += chunk.length
    if (length > options.limit) throw bodyTooLarge(options.limit)
    scanner.push(chunk)
    return chunk
  }
  for (;;) {
    const chunk = await next()
    if (chunk) held.push(chunk)
    if (!chunk) return { fields, held, model, rest: undefined }
    if (isReady) return { fields, held, model, rest: passing(next) }
  }
}

async function* passing(next: () => Promise<Buffer | undefined>): AsyncGenerator<Buffer> {
  for (let chunk = await next(); chunk; chunk = await next()) yield chunk
}
