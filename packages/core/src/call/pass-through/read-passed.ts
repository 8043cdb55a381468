import { Readable } from 'node:stream'
import { type BodyBytes, bodyOf, sliceBody } from '../../bytes/body-bytes.ts'
import { countWord } from '../../bytes/search-bytes.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { bodyTooLarge } from '../../exchange/body-limit.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { readMember, scanMembers } from '../json-members.ts'
import { readBody } from '../read-body.ts'
import { searchedBody } from '../searched-body.ts'
import { spliceMembers } from '../splice-members.ts'
import type { PassThroughEndpoint } from './endpoints.ts'
import { readBoundary } from './form/boundary.ts'
import { type ReadForm, readForm } from './form/read-form.ts'
import type { PassedRequest } from './meters/meter.ts'
import { openBody } from './open-body.ts'

/** What goes upstream: kept, or as it comes. */
export type OutgoingBody = BodyBytes | Readable | undefined

/** A client's request, of which is known what its price depends on. */
export interface Passed extends Omit<PassedRequest, 'model'> {
  /** As the client wrote it; undefined where it wrote none. */
  readonly requested: string | undefined
  readonly stream: boolean
  /** Its body, with the model under the provider's own name. */
  body(model: string): OutgoingBody
  /** What it sends is as long as this; undefined where nobody says. */
  length(model: string): number | undefined
  /** Looks again at what comes while the body is under way. */
  onLate(check: () => void): void
}

/** Bytes of a body that nobody reads. Files of OpenAI have 512 MiB at most. */
const mostStreamedBytes = 540_000_000

/**
 * Reads a request as far as it has to be read.
 *
 * @param limit Bytes of a body that is read.
 * @throws GatewayError, as a rejection.
 */
export function readPassed(
  exchange: Exchange,
  { body, path }: PassThroughEndpoint,
  limit: number,
): Passed | Promise<Passed> {
  if (body === 'none') return unread(exchange, () => undefined)
  if (body === 'stream') return unread(exchange, () => bounded(openBody(exchange)))
  const boundary = readBoundary(String(exchange.headers['content-type'] ?? ''))
  if (boundary === undefined) return readJson(exchange, limit)
  if (body === 'json') throw otherMedia('This endpoint takes JSON.')
  return readFields(exchange, { boundary, limit, passesFiles: path.startsWith('/audio/') })
}

function announcedBytes({ headers }: Exchange): number | undefined {
  const length = Number(headers['content-length'] ?? Number.NaN)
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined
}

function unread(exchange: Exchange, open: () => Readable | undefined): Passed {
  const bytes = announcedBytes(exchange)
  if ((bytes ?? 0) > mostStreamedBytes) throw tooLong()
  return {
    requested: undefined,
    stream: false,
    field: () => undefined,
    files: 0,
    bytes: bytes ?? 0,
    body: open,
    length: () => bytes,
    onLate() {},
  }
}

/** What is longer than it may be breaks off on the way. */
function bounded(source: Readable): Readable {
  return Readable.from(counted(source), { objectMode: false })
}

async function* counted(source: Readable): AsyncGenerator<Buffer> {
  let length = 0
  for await (const chunk of source) {
    length += chunk.length
    if (length > mostStreamedBytes) throw tooLong()
    yield chunk
  }
}

function tooLong(): GatewayError {
  const message = `A file may have ${mostStreamedBytes} bytes at most.`
  return new GatewayError({ code: 'request_too_large', message })
}

function otherMedia(message: string): GatewayError {
  return new GatewayError({ code: 'unsupported_media_type', message })
}

async function readJson(exchange: Exchange, limit: number): Promise<Passed> {
  const members = scanMembers(await readBody(exchange, limit))
  const { body } = members
  const requested = modelName(readMember(members, 'model'))
  const searched = searchedBody(body)
  const outgoing = (model: string) =>
    requested === undefined || requested === model
      ? body
      : spliceMembers(members, new Map([['model', JSON.stringify(model)]]))
  return {
    requested,
    stream: readMember(members, 'stream') === true || readMember(members, 'stream_format') === 'sse',
    field: (name) => readMember(members, name) ?? undefined,
    files: ['url"', '"file_id"'].reduce((sum, mark) => sum + countWord(searched, mark, 64), 0),
    bytes: body.length,
    body: outgoing,
    length: () => undefined,
    onLate() {},
  }
}

interface FieldOptions {
  readonly boundary: string
  readonly limit: number
  readonly passesFiles: boolean
}

async function readFields(exchange: Exchange, options: FieldOptions): Promise<Passed> {
  const encoding = exchange.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw otherMedia('A form may not be compressed.')
  const announced = announcedBytes(exchange)
  if ((announced ?? 0) > options.limit) throw bodyTooLarge(options.limit)
  const form = await readForm(openBody(exchange), options)
  const { fields, rest } = form
  const requested = modelName(fields.value('model'))
  const held = form.held.reduce((sum, { length }) => sum + length, 0)
  const added = (model: string) =>
    form.model ? Buffer.byteLength(model) - (form.model.end - form.model.start) : 0
  return {
    requested,
    stream: fields.value('stream') === 'true',
    field: fields.value,
    files: fields.files(),
    bytes: rest ? (announced ?? options.limit) : held,
    body: (model) => renamed(form, model),
    length: (model) => (rest ? announced && announced + added(model) : undefined),
    onLate: fields.onLate,
  }
}

function renamed({ held, rest, model }: ReadForm, name: string): OutgoingBody {
  const whole = bodyOf(held)
  const begun = model
    ? [...sliceBody(whole, 0, model.start), Buffer.from(name), ...sliceBody(whole, model.end, whole.length)]
    : held
  return rest ? Readable.from(joined(begun, rest), { objectMode: false }) : bodyOf(begun)
}

async function* joined(begun: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* begun
  yield* rest
}

function modelName(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '') return value
  const message = '"model" must be a string that is not empty.'
  throw new GatewayError({ code: 'invalid_request', message, param: 'model' })
}
