import { type WireText, wireBytes } from '../../bytes/wire-text.ts'
import { isJsonObject, type JsonObject } from '../../dialects/json.ts'
import { createEventSplitter, eventData } from '../../dialects/sse.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { Attempt, Relay } from '../dispatch.ts'
import type { AnswerKeeper } from './answer-keeper.ts'

/** In the names of the events that end a stream. */
const ends = /response\.(completed|incomplete|failed|cancelled)/
const longestEnd = 'response.incomplete'.length

/**
 * Has a stream's first event kept, and holds back what ends it until that is done: bytes in between go on. A client
 * that has the whole of an answer can then ask for it again.
 *
 * @param fail Ends the call where the relay itself breaks.
 */
export function keepStream(
  { control }: Pick<Attempt, 'control'>,
  keeper: AnswerKeeper,
  { relay, fail }: { readonly relay: Relay; fail(error: unknown): void },
): Relay {
  const splitter = createEventSplitter()
  let isLooking = true
  let isKeeping = false
  let tail = ''
  let held: (() => void)[] | undefined
  let hasEnded = false
  let hasLeft = false
  let refusal: GatewayError | undefined

  const release = () => {
    const steps = held ?? []
    held = undefined
    isKeeping = false
    for (const step of steps) step()
  }
  const refuse = (error: GatewayError) => {
    held = undefined
    isKeeping = false
    refusal = error
    // Comes back as `failed`, as every broken connection does.
    if (hasEnded) relay.failed(error)
    else control.abort()
  }
  const done = (error: GatewayError | undefined) => {
    if (hasLeft) return
    try {
      if (error) return refuse(error)
      release()
      control.resume()
    } catch (thrown) {
      fail(thrown)
    }
  }
  const look = (chunk: WireText) => {
    for (const event of splitter.push(wireBytes(chunk))) {
      const response = responseIn(eventData(event))
      if (!response) continue
      isLooking = false
      const kept = keeper.keep(response)
      if (!kept) return
      isKeeping = true
      void kept.then(done)
      return
    }
  }
  /** Whether it ends the stream, or comes behind what does. */
  const mustWait = (chunk: WireText) => {
    if (held) return true
    const isEnd = ends.test(tail + chunk)
    tail = chunk.slice(-longestEnd)
    return isEnd
  }
  const hold = (step: () => void) => {
    held ??= []
    held.push(step)
  }
  return {
    data(chunk) {
      if (isLooking) look(chunk)
      if (!isKeeping || !mustWait(chunk)) return relay.data(chunk)
      control.pause()
      hold(() => relay.data(chunk))
    },
    ended() {
      hasEnded = true
      if (isKeeping) hold(relay.ended)
      else relay.ended()
    },
    failed(error) {
      hasEnded = true
      if (isKeeping) hold(() => relay.failed(error))
      else relay.failed(refusal ?? error)
    },
    left() {
      hasLeft = true
      // What is held back has come all the same, and tells what the answer costs.
      release()
      relay.left()
    },
  }
}

function responseIn(event: JsonObject | undefined): JsonObject | undefined {
  return isJsonObject(event?.response) ? event.response : undefined
}
