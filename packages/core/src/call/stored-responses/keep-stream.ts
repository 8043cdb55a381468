import { fromWire, type WireText } from '../../bytes/wire-text.ts'
import { isJsonObject, type JsonObject } from '../../dialects/json.ts'
import { createTextSplitter, eventData } from '../../dialects/sse.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { createFrameGate } from '../../upstream/frame-gate.ts'
import type { Attempt, Relay } from '../dispatch.ts'
import type { AnswerKeeper } from './answer-keeper.ts'

/** In the names of the events that end a stream. */
const ends = /response\.(completed|incomplete|failed|cancelled)/

/**
 * Has a stream's first event kept, and what its end says, and holds back what ends it until that is done: events in
 * between go on. A client that has the whole of an answer can then ask for it again, and refer to its items.
 *
 * @param fail Ends the call where the relay itself breaks.
 */
export function keepStream(
  { control }: Pick<Attempt, 'control'>,
  keeper: AnswerKeeper,
  { relay, fail }: { readonly relay: Relay; fail(error: unknown): void },
): Relay {
  const gate = createFrameGate()
  let isLooking = true
  let finish = keeper.finish
  /** What is being written. */
  let writes = 0
  let held: (() => void)[] | undefined
  let hasEnded = false
  let hasLeft = false
  let refusal: GatewayError | undefined

  const release = () => {
    const steps = held ?? []
    held = undefined
    writes = 0
    for (const step of steps) step()
  }
  const refuse = (error: GatewayError) => {
    held = undefined
    writes = 0
    refusal = error
    // Comes back as `failed`, as every broken connection does.
    if (hasEnded) relay.failed(error)
    else control.abort()
  }
  const done = (error: GatewayError | undefined) => {
    if (hasLeft || refusal) return
    try {
      if (error) return refuse(error)
      writes -= 1
      if (writes > 0) return
      release()
      control.resume()
    } catch (thrown) {
      fail(thrown)
    }
  }
  const waitFor = (written: ReturnType<AnswerKeeper['keep']>) => {
    if (!written) return
    writes += 1
    void written.then(done)
  }
  const lookAtFirst = (frames: WireText) => {
    const response = findResponse(frames)
    if (!response) return
    isLooking = false
    waitFor(keeper.keep(response))
  }
  const lookAtEnd = (frames: WireText) => {
    const response = finish && findResponse(frames, ends)
    if (!response) return
    waitFor(finish?.(response))
    finish = undefined
  }
  const hold = (step: () => void) => {
    held ??= []
    held.push(step)
  }
  const take = (frames: WireText | undefined) => {
    if (frames === undefined) return
    if (isLooking) lookAtFirst(frames)
    // What comes behind the end waits with it.
    const isEnd = held !== undefined || ((writes > 0 || finish) && ends.test(frames))
    if (isEnd) lookAtEnd(frames)
    if (!isEnd || writes === 0) return relay.data(frames)
    control.pause()
    hold(() => relay.data(frames))
  }
  return {
    data: (chunk) => take(gate.push(chunk)),
    ended() {
      hasEnded = true
      take(gate.rest())
      if (writes > 0) hold(relay.ended)
      else relay.ended()
    },
    failed(error) {
      hasEnded = true
      if (!refusal) take(gate.rest())
      if (writes > 0) hold(() => relay.failed(error))
      else relay.failed(refusal ?? error)
    },
    left() {
      hasLeft = true
      // What is held back has come all the same, and tells what the answer costs.
      release()
      const rest = gate.rest()
      if (rest) relay.data(rest)
      relay.left()
    },
  }
}

/** The response in the first event that has one, of a certain type if asked. */
function findResponse(frames: WireText, type?: RegExp): JsonObject | undefined {
  const splitter = createTextSplitter()
  for (const event of [...splitter.push(fromWire(frames)), ...splitter.end()]) {
    if (type && !type.test(event.data) && !type.test(event.event ?? '')) continue
    const data = eventData(event)
    if (!isJsonObject(data?.response)) continue
    if (!type || type.test(String(data.type ?? event.event))) return data.response
  }
  return undefined
}
