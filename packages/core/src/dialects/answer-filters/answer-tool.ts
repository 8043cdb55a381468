import type { BlockDelta, Delta } from '../delta.ts'

/**
 * Turns the call of a tool that was forced only for structured output back into the answer's text. Text
 * that the model writes beside that call is no part of the answer, so text waits until it is known whether
 * the call comes.
 */
export function createAnswerToolFilter(answerTool: string): (delta: Delta) => readonly Delta[] {
  const kinds = new Map<number, 'text' | 'answer' | 'other'>()
  /** Blocks left out leave no gap. */
  const places = new Map<number, number>()
  let waiting: BlockDelta[] = []
  let answered = false
  let called = false

  function placed(delta: BlockDelta): BlockDelta {
    const index = places.get(delta.index) ?? places.size
    places.set(delta.index, index)
    return { ...delta, index }
  }

  function release(): readonly Delta[] {
    const deltas = answered ? [] : waiting.map(placed)
    waiting = []
    return deltas
  }

  function begin(delta: BlockDelta): void {
    if (delta.type === 'text-start') kinds.set(delta.index, 'text')
    else if (delta.type === 'thinking-start') kinds.set(delta.index, 'other')
    else if (delta.type === 'tool-start')
      kinds.set(delta.index, delta.name === answerTool ? 'answer' : 'other')
  }

  function filterBlock(delta: BlockDelta): readonly Delta[] {
    begin(delta)
    const kind = kinds.get(delta.index)
    if (kind === 'text') {
      waiting.push(delta)
      return []
    }
    if (kind === 'answer') return [placed(asText(delta))]
    return [placed(delta)]
  }

  return (delta) => {
    if (delta.type === 'tool-start') {
      const answers = delta.name === answerTool
      answered ||= answers
      called ||= !answers
      return [...release(), ...filterBlock(delta)]
    }
    if ('index' in delta) return filterBlock(delta)
    if (delta.type !== 'finish') return [delta]
    const reason = answered && !called && delta.reason === 'tool-calls' ? 'stop' : delta.reason
    return [...release(), { ...delta, reason }]
  }
}

function asText(delta: BlockDelta): BlockDelta {
  const { index } = delta
  if (delta.type === 'tool-start') return { type: 'text-start', index }
  return delta.type === 'tool-arguments' ? { type: 'text', index, text: delta.json } : delta
}
