import { type WireText, wireBytes } from '../../bytes/wire-text.ts'
import { type EventMessage, preludeBytes, readLength, readMessage } from './read-message.ts'

/** Binary messages in, server-sent events out. */
export interface EventDecoder {
  /** The events that these bytes complete; '' where they complete none. */
  push(chunk: WireText): WireText
  /** What makes the rest unreadable. */
  fault(): Error | undefined
  /** Nothing of an unfinished message is left. */
  isWhole(): boolean
}

/**
 * Each message becomes an event of its name, so that all that looks at streams looks at these as at any other.
 * What failed is named by its exception.
 */
export function createEventDecoder(): EventDecoder {
  /** A rope: joining for every piece of a message would cost the square. */
  let kept = ''
  let needed = preludeBytes
  let fault: Error | undefined

  const take = (bytes: Buffer): string => {
    let text = ''
    let at = 0
    needed = preludeBytes
    while (bytes.length - at >= preludeBytes) {
      const length = readLengthAt(bytes, at)
      if (length === undefined) break
      if (bytes.length - at < length) {
        needed = length
        break
      }
      text += readEventAt(bytes.subarray(at, at + length))
      at += length
    }
    kept = kept.slice(at)
    return text
  }
  const readLengthAt = (bytes: Buffer, at: number) => guarded(() => readLength(bytes.subarray(at)))
  const readEventAt = (bytes: Buffer) => guarded(() => formatMessage(readMessage(bytes))) ?? ''
  const guarded = <Result>(step: () => Result): Result | undefined => {
    if (fault) return undefined
    try {
      return step()
    } catch (error) {
      fault = error as Error
      return undefined
    }
  }
  return {
    push(chunk) {
      kept += chunk
      return (kept.length < needed || fault ? '' : take(wireBytes(kept))) as WireText
    },
    fault: () => fault,
    isWhole: () => kept === '',
  }
}

const lineEnds = /[\r\n]/g

function formatMessage({ headers, payload }: EventMessage): string {
  const kind = headers.get(':message-type')
  if (kind === 'error') return errorEvent(headers)
  const name = headers.get(kind === 'exception' ? ':exception-type' : ':event-type') ?? 'message'
  // Outside of its strings JSON takes a space as well.
  return `event: ${name}\ndata: ${payload.toString('latin1').replace(lineEnds, ' ')}\n\n`
}

/** An error without a shape of its own is told in the headers. */
function errorEvent(headers: ReadonlyMap<string, string>): string {
  const message = Buffer.from(JSON.stringify({ message: headers.get(':error-message') ?? '' }))
  const name = (headers.get(':error-code') ?? 'InternalServerException').replace(/[^\w]/g, '')
  return `event: ${name.endsWith('Exception') ? name : `${name}Exception`}\ndata: ${message.toString('latin1')}\n\n`
}
