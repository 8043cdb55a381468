import { fromWire, toWire, type WireText } from '../bytes/wire-text.ts'
import { createAnswerFilter } from '../dialects/answer-filters/answer-filters.ts'
import type { Delta } from '../dialects/delta.ts'
import type { StreamEvent } from '../dialects/dialect.ts'
import { createTextSplitter } from '../dialects/sse.ts'
import type { Attempt } from './dispatch.ts'
import { hideUsage } from './hide-usage.ts'
import { answerContext } from './upstream-request.ts'

/** What becomes of whole upstream frames on their way to the client. */
export interface StreamContent {
  push(frames: WireText): WireText
  /** What a stream without its last blank line still owes. */
  end(): WireText
  /** The number of an event of the gateway's own, where events are numbered anew. */
  nextSequence?(): number
}

/** The frames as they are, without the usage that only the gateway asked for, or in another dialect. */
export function createStreamContent(attempt: Attempt): StreamContent {
  const { call, prepared } = attempt
  if (call.target.dialect !== call.dialect) return translated(attempt)
  return { push: prepared.usageAdded ? hideUsage : asTheyAre, end: () => nothing }
}

const nothing = '' as WireText

function asTheyAre(frames: WireText): WireText {
  return frames
}

function translated({ call, prepared }: Attempt): StreamContent {
  const splitter = createTextSplitter()
  const parser = call.target.dialect.createStreamParser?.()
  const filter = prepared.answer && createAnswerFilter(prepared.answer)
  const renderer = call.dialect.createStreamRenderer?.(answerContext(call))
  const show = (delta: Delta) => renderer?.push(delta) ?? ''
  const render = (deltas: readonly Delta[] = []) => {
    let text = ''
    for (const delta of deltas) {
      if (filter === undefined) text += show(delta)
      else for (const shown of filter(delta)) text += show(shown)
    }
    return text
  }
  const renderAll = (events: readonly StreamEvent[]) => {
    let text = ''
    for (const event of events) text += render(parser?.push(event))
    return text
  }
  return {
    ...(renderer?.nextSequence && { nextSequence: renderer.nextSequence }),
    push: (frames) => toWire(renderAll(splitter.push(fromWire(frames)))),
    end: () => toWire(renderAll(splitter.end()) + render(parser?.end?.())),
  }
}
